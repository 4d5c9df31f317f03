"""Invented names, in English and Chinese: reps, customers, segments, products."""

from __future__ import annotations


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a Latin and a Chinese name; the Latin one may have spaces."""
    return tuple((name, name_zh) for name, _, name_zh in (item.rpartition(" ") for item in text.split(",")))


SURNAMES = _pairs(
    "Luo 罗,Xiao 萧,Li 李,Huang 黄,Yu 余,Wang 王,Xu 徐,Lin 林,Feng 冯,Sun 孙,Wu 吴,Guo 郭,Tang 唐,Chen 陈,Han 韩,Ma 马,"
    "Zhou 周,Song 宋,Hu 胡,Zhao 赵,Liang 梁,Zhu 朱,Zhang 张,Yang 杨,He 何,Deng 邓,Cao 曹,Peng 彭"
)
GIVEN = _pairs(
    "Rui 睿,Yue 悦,Qiang 强,Ning 宁,Kai 凯,Peng 鹏,Hao 浩,Jun 军,Wei 伟,Zhen 震,Chao 超,Yan 燕,Hui 慧,Mei 梅,Fang 芳,"
    "Ran 然,Bo 博,Lei 磊,Xue 雪"
)
"""Their number and that of the surnames have no common divisor, so that stepping through both meets every pair."""

REPS_ABROAD = {
    "Mid-East": (
        ("Omar Khalil", "奥马尔·哈利勒"),
        ("Yusuf Demir", "优素福·德米尔"),
        ("Farid Aziz", "法里德·阿齐兹"),
        ("Leila Nasser", "莱拉·纳赛尔"),
        ("Sami Haddad", "萨米·哈达德"),
        ("Nadia Rahman", "纳迪娅·拉赫曼"),
    ),
    "SE-Asia": (
        ("Thao Nguyen", "阮氏草"),
        ("Budi Santoso", "布迪·桑托索"),
        ("Somchai Rattan", "颂猜·拉坦"),
        ("Mei Ling Tan", "陈美玲"),
        ("Jose Reyes", "何塞·雷耶斯"),
    ),
    "Europe": (("Elena Rossi", "埃琳娜·罗西"), ("Lukas Weber", "卢卡斯·韦伯"), ("Marta Nowak", "玛尔塔·诺瓦克")),
    "Latin-America": (("Camila Duarte", "卡米拉·杜阿尔特"), ("Mateo Vargas", "马特奥·巴尔加斯"), ("Lucia Romero", "露西娅·罗梅罗")),
}

STEMS_FIRST = _pairs(
    "Bo 博,Lan 兰,Qing 清,Ming 明,Yun 云,Qi 麒,Xin 新,Hua 华,Tai 泰,Heng 恒,Jin 金,Rui 瑞,Hong 宏,Sheng 盛,Da 大,Zhong 中,"
    "An 安,Dong 东,Fu 福,Guang 广,Hai 海,Jia 嘉,Kang 康,Li 利,Long 龙,Lu 鲁,Mao 茂,Ning 宁,Peng 鹏,Pu 浦,Ren 仁,San 三,"
    "Shun 顺,Tian 天,Wan 万,Wei 维,Xiang 祥,Yong 永,Yuan 远,Ze 泽,Zhen 振,Zhi 智,Chang 长,Cheng 诚"
)
STEMS_SECOND = _pairs(
    "he 禾,ting 亭,lan 澜,ze 泽,hai 海,lin 麟,yuan 源,da 达,feng 丰,tong 通,cheng 成,xing 兴,sheng 生,tai 泰,ke 科,yang 洋,"
    "jiang 江,chuan 川,bang 邦,bei 北,chen 晨,de 德,dian 典,fa 发,gang 港,guo 国,hao 浩,heng 衡,hui 汇,ji 吉,jun 骏,kai 凯,"
    "le 乐,ling 岭,mei 美,nan 南,peng 朋,quan 泉,rong 荣,shan 山,tang 棠,wang 望,xi 溪,yi 亿,bin 滨"
)

STEMS_ABROAD = {
    "Mid-East": _pairs(
        "Al Noor 努尔,Al Waha 瓦哈,Al Sahel 萨赫勒,Al Rimal 里迈勒,Al Marjan 迈尔詹,Al Bahr 巴赫尔,Al Nakheel 纳希勒,Al Jisr 吉斯尔,"
        "Al Qamar 盖迈尔,Al Wadi 瓦迪,Al Fajr 法杰尔,Al Zahra 扎赫拉,Al Barq 拜尔格,Al Nujoom 努朱姆,Al Safa 萨法,Al Khaleej 哈利季"
    ),
    "SE-Asia": _pairs(
        "Tanjung 丹绒,Mekara 湄卡拉,Selatan 瑟拉丹,Bintang 宾当,Chao Nam 昭南,Song Hong 松洪,Mayon 马荣,Lembah 伦巴,Andaman 安达曼,"
        "Riau 廖内,Khao Yai 考艾,Visaya 维萨亚"
    ),
    "Europe": _pairs(
        "Nordwasser 诺德瓦瑟,Valtena 瓦尔特纳,Rheintal 莱茵塔尔,Montalto 蒙塔尔托,Karpaty 喀尔巴,Ostrava 奥斯特拉,Solvena 索尔韦纳,"
        "Brennhof 布伦霍夫,Lagotti 拉戈蒂,Vistula 维斯图拉,Aldermere 奥尔德米尔,Duroche 迪罗什"
    ),
    "Latin-America": _pairs(
        "Pacífica 帕西菲卡,Andina 安第纳,Rio Claro 里奥克拉罗,Altiplano 阿尔蒂普拉诺,Serra Azul 塞拉阿苏尔,Cobreza 科夫雷萨,Pampera 潘佩拉,"
        "Costa Verde 科斯塔韦尔德,Maipura 迈普拉,Tierra Alta 铁拉阿尔塔,Orinaca 奥里纳卡,Valparana 瓦尔帕拉纳"
    ),
}

SEGMENTS = (
    ("Chemicals", "Chemicals & paper", "化工造纸", 0.24, (("Chemicals", "化工"), ("Petrochemicals", "石化"), ("Paper", "纸业"))),
    ("Water", "Water treatment", "水处理", 0.20, (("Water", "水务"), ("Environment", "环保"), ("Desalination", "海水淡化"))),
    ("Power", "Power", "电力", 0.16, (("Power", "电力"), ("Thermal Power", "热电"), ("Energy", "能源"))),
    ("Mining", "Mining", "矿业", 0.12, (("Mining", "矿业"), ("Minerals", "矿产"), ("Metals", "金属"))),
    ("Food-Pharma", "Food & pharma", "食品医药", 0.14, (("Foods", "食品"), ("Pharma", "制药"), ("Brewing", "酒业"))),
    ("Building", "Building", "建筑", 0.14, (("Building", "建工"), ("Cooling", "暖通"), ("Property", "置业"))),
)
"""Id, name, Chinese name, share of customers, endings of company names."""

CATEGORIES = (
    ("CP", "Centrifugal pumps", "离心泵", 3000, 0.645, 2.0, 0.2, "Centrifugal pump", "离心泵"),
    ("MP", "Multistage pumps", "多级泵", 5200, 0.64, 1.6, 0.12, "Multistage pump", "多级泵"),
    ("HP", "High-pressure pumps", "高压泵", 9800, 0.59, 1.2, 0.06, "High-pressure pump", "高压泵"),
    ("SP", "Submersible pumps", "潜水泵", 2400, 0.67, 2.2, 0.11, "Submersible pump", "潜水泵"),
    ("WP", "Sewage pumps", "排污泵", 2900, 0.665, 2.0, 0.09, "Sewage pump", "排污泵"),
    ("SC", "Screw pumps", "螺杆泵", 6100, 0.635, 1.4, 0.06, "Screw pump", "螺杆泵"),
    ("GP", "Gear pumps", "齿轮泵", 1900, 0.665, 2.2, 0.06, "Gear pump", "齿轮泵"),
    ("DP", "Metering pumps", "计量泵", 3600, 0.62, 1.6, 0.06, "Metering pump", "计量泵"),
    ("VP", "Vacuum pumps", "真空泵", 4700, 0.645, 1.4, 0.05, "Vacuum pump", "真空泵"),
    ("MD", "Magnetic drive pumps", "磁力泵", 5600, 0.625, 1.4, 0.05, "Magnetic drive pump", "磁力泵"),
    ("BS", "Booster sets", "增压机组", 12500, 0.68, 1.1, 0.03, "Booster set", "增压机组"),
    ("PT", "Parts and seals", "配件与密封", 420, 0.56, 5.0, 0.11, "Repair kit", "维修包"),
)
"""Id, name, Chinese name, middle list price, cost as a share of it, usual quantity, share of order lines, name of one (both)."""

OUTLETS = (25, 40, 65, 100, 150)
HEADS = (12, 20, 32, 50, 80)
PRODUCTS_A_CATEGORY = len(OUTLETS) * len(HEADS)
