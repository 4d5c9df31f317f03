"""Invented names, in English and Chinese: reps, customers, segments, products."""

from __future__ import annotations

SURNAMES = tuple(
    zip(
        "Luo Xiao Li Huang Yu Wang Xu Lin Feng Sun Wu Guo Tang Chen Han Ma Zhou Song Hu Zhao Liang Zhu Zhang Yang He Deng Cao Peng".split(),
        "罗 萧 李 黄 余 王 徐 林 冯 孙 吴 郭 唐 陈 韩 马 周 宋 胡 赵 梁 朱 张 杨 何 邓 曹 彭".split(),
        strict=True,
    )
)
GIVEN = tuple(
    zip(
        "Rui Yue Qiang Ning Kai Peng Hao Jun Wei Zhen Chao Yan Hui Mei Fang Ran Bo Lei Xue".split(),
        "睿 悦 强 宁 凯 鹏 浩 军 伟 震 超 燕 慧 梅 芳 然 博 磊 雪".split(),
        strict=True,
    )
)
"""As many given names as no divisor of the surnames, so that stepping through both meets every pair."""

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

STEMS_FIRST = tuple(
    zip(
        "Bo Lan Qing Ming Yun Qi Xin Hua Tai Heng Jin Rui Hong Sheng Da Zhong An Dong Fu Guang Hai Jia "
        "Kang Li Long Lu Mao Ning Peng Pu Ren San Shun Tian Wan Wei Xiang Yong Yuan Ze Zhen Zhi Chang Cheng".split(),
        "博 兰 清 明 云 麒 新 华 泰 恒 金 瑞 宏 盛 大 中 安 东 福 广 海 嘉 康 利 龙 鲁 茂 宁 鹏 浦 仁 三 顺 天 万 维 祥 永 远 泽 振 智 长 诚".split(),
        strict=True,
    )
)
STEMS_SECOND = tuple(
    zip(
        "he ting lan ze hai lin yuan da feng tong cheng xing sheng tai ke yang jiang chuan bang bei chen de "
        "dian fa gang guo hao heng hui ji jun kai le ling mei nan peng quan rong shan tang wang xi yi bin".split(),
        "禾 亭 澜 泽 海 麟 源 达 丰 通 成 兴 生 泰 科 洋 江 川 邦 北 晨 德 典 发 港 国 浩 衡 汇 吉 骏 凯 乐 岭 美 南 朋 泉 荣 山 棠 望 溪 亿 滨".split(),
        strict=True,
    )
)

STEMS_ABROAD = {
    "Mid-East": (
        "Al Noor 努尔,Al Waha 瓦哈,Al Sahel 萨赫勒,Al Rimal 里迈勒,Al Marjan 迈尔詹,Al Bahr 巴赫尔,Al Nakheel 纳希勒,Al Jisr 吉斯尔,"
        "Al Qamar 盖迈尔,Al Wadi 瓦迪,Al Fajr 法杰尔,Al Zahra 扎赫拉,"
        "Al Barq 拜尔格,Al Nujoom 努朱姆,Al Safa 萨法,Al Khaleej 哈利季"
    ),
    "SE-Asia": (
        "Tanjung 丹绒,Mekara 湄卡拉,Selatan 瑟拉丹,Bintang 宾当,Chao Nam 昭南,Song Hong 松洪,Mayon 马荣,Lembah 伦巴,Andaman 安达曼,"
        "Riau 廖内,Khao Yai 考艾,Visaya 维萨亚"
    ),
    "Europe": (
        "Nordwasser 诺德瓦瑟,Valtena 瓦尔特纳,Rheintal 莱茵塔尔,Montalto 蒙塔尔托,Karpaty 喀尔巴,Ostrava 奥斯特拉,Solvena 索尔韦纳,"
        "Brennhof 布伦霍夫,Lagotti 拉戈蒂,Vistula 维斯图拉,Aldermere 奥尔德米尔,Duroche 迪罗什"
    ),
    "Latin-America": (
        "Pacífica 帕西菲卡,Andina 安第纳,Rio Claro 里奥克拉罗,Altiplano 阿尔蒂普拉诺,Serra Azul 塞拉阿苏尔,Cobreza 科夫雷萨,"
        "Pampera 潘佩拉,Costa Verde 科斯塔韦尔德,Maipura 迈普拉,Tierra Alta 铁拉阿尔塔,Orinaca 奥里纳卡,Valparana 瓦尔帕拉纳"
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
    ("CP", "Centrifugal pumps", "离心泵", 3000, 0.645, 2.0, 0.20),
    ("MP", "Multistage pumps", "多级泵", 5200, 0.640, 1.6, 0.12),
    ("HP", "High-pressure pumps", "高压泵", 9800, 0.590, 1.2, 0.06),
    ("SP", "Submersible pumps", "潜水泵", 2400, 0.670, 2.2, 0.11),
    ("WP", "Sewage pumps", "排污泵", 2900, 0.665, 2.0, 0.09),
    ("SC", "Screw pumps", "螺杆泵", 6100, 0.635, 1.4, 0.06),
    ("GP", "Gear pumps", "齿轮泵", 1900, 0.665, 2.2, 0.06),
    ("DP", "Metering pumps", "计量泵", 3600, 0.620, 1.6, 0.06),
    ("VP", "Vacuum pumps", "真空泵", 4700, 0.645, 1.4, 0.05),
    ("MD", "Magnetic drive pumps", "磁力泵", 5600, 0.625, 1.4, 0.05),
    ("BS", "Booster sets", "增压机组", 12500, 0.680, 1.1, 0.03),
    ("PT", "Parts and seals", "配件与密封", 420, 0.560, 5.0, 0.11),
)
"""Id, name, Chinese name, middle list price, cost as a share of list price, usual quantity, share of order lines."""

PRODUCTS_A_CATEGORY = 25
