/**
 * Passphrases made of seven words out of 512: 63 bits, behind scrypt. The words are everyday ones; what is typed is their
 * pinyin, since input methods do not work where passphrases are typed.
 */

const COUNT = 7;
/** Words, each followed by its pinyin without tones; no pinyin stands twice. */
const WORDS = `
青山qingshan 白云baiyun 大海dahai 小河xiaohe 草原caoyuan 森林senlin 沙漠shamo 瀑布pubu 湖泊hupo 雪山xueshan
太阳taiyang 月亮yueliang 星星xingxing 彩虹caihong 雷电leidian 春风chunfeng 夏天xiatian 秋雨qiuyu 冬雪dongxue
早晨zaochen 黄昏huanghun 午夜wuye 露珠luzhu 冰川bingchuan 火山huoshan 岩石yanshi 泥土nitu 田野tianye 麦子maizi
稻谷daogu 玉米yumi 大豆dadou 花生huasheng 芝麻zhima 高粱gaoliang 棉花mianhua 茶叶chaye 竹子zhuzi 松树songshu
柳树liushu 杨树yangshu 桃花taohua 梅花meihua 兰草lancao 菊花juhua 荷叶heye 牡丹mudan 玫瑰meigui 茉莉moli
桂花guihua 杜鹃dujuan 百合baihe 苹果pingguo 葡萄putao 西瓜xigua 桃子taozi 梨子lizi 石榴shiliu 樱桃yingtao
草莓caomei 柠檬ningmeng 菠萝boluo 芒果mangguo 椰子yezi 红枣hongzao 核桃hetao 板栗banli 白菜baicai 萝卜luobo
黄瓜huanggua 茄子qiezi 土豆tudou 番茄fanqie 辣椒lajiao 大蒜dasuan 生姜shengjiang 洋葱yangcong 韭菜jiucai
菠菜bocai 南瓜nangua 冬瓜donggua 丝瓜sigua 豆腐doufu 面条miantiao 包子baozi 饺子jiaozi 米饭mifan 稀饭xifan
蜂蜜fengmi 白糖baitang 食盐shiyan 酱油jiangyou 陈醋chencu 牛奶niunai 鸡蛋jidan 面包mianbao 饼干binggan
蛋糕dangao 月饼yuebing 粽子zongzi 豆浆doujiang 油条youtiao 火锅huoguo 老虎laohu 狮子shizi 大象daxiang
熊猫xiongmao 猴子houzi 兔子tuzi 狐狸huli 骆驼luotuo 山羊shanyang 绵羊mianyang 水牛shuiniu 骏马junma 黄狗huanggou
花猫huamao 公鸡gongji 鸭子yazi 白鹅baie 鸽子gezi 燕子yanzi 喜鹊xique 乌鸦wuya 老鹰laoying 孔雀kongque 仙鹤xianhe
鲤鱼liyu 金鱼jinyu 鲨鱼shayu 鲸鱼jingyu 海豚haitun 螃蟹pangxie 龙虾longxia 乌龟wugui 青蛙qingwa 蝴蝶hudie
蜜蜂mifeng 蚂蚁mayi 蜻蜓qingting 蟋蟀xishuai 萤火yinghuo 蜗牛woniu 珊瑚shanhu 贝壳beike 房子fangzi 院子yuanzi
大门damen 窗户chuanghu 屋顶wuding 楼梯louti 厨房chufang 客厅keting 书房shufang 阳台yangtai 花园huayuan
水井shuijing 石桥shiqiao 宝塔baota 城墙chengqiang 街道jiedao 广场guangchang 公园gongyuan 学校xuexiao 医院yiyuan
车站chezhan 码头matou 机场jichang 邮局youju 银行yinhang 商店shangdian 工厂gongchang 农场nongchang 果园guoyuan
渔村yucun 桌子zhuozi 椅子yizi 板凳bandeng 柜子guizi 书架shujia 床铺chuangpu 被子beizi 毛巾maojin 肥皂feizao
镜子jingzi 梳子shuzi 剪刀jiandao 钥匙yaoshi 雨伞yusan 背包beibao 皮鞋pixie 帽子maozi 手套shoutao 围巾weijin
毛衣maoyi 衬衫chenshan 裙子qunzi 裤子kuzi 袜子wazi 眼镜yanjing 手表shoubiao 戒指jiezhi 项链xianglian 纽扣niukou
铅笔qianbi 钢笔gangbi 毛笔maobi 墨水moshui 白纸baizhi 橡皮xiangpi 尺子chizi 书本shuben 字典zidian 地图ditu
报纸baozhi 信封xinfeng 邮票youpiao 黑板heiban 粉笔fenbi 课桌kezhuo 算盘suanpan 日历rili 相册xiangce 灯笼denglong
蜡烛lazhu 火柴huochai 台灯taideng 电话dianhua 电视dianshi 冰箱bingxiang 风扇fengshan 空调kongtiao 火炉huolu
水壶shuihu 茶杯chabei 饭碗fanwan 盘子panzi 筷子kuaizi 勺子shaozi 菜刀caidao 铁锅tieguo 蒸笼zhenglong
水桶shuitong 扫帚saozhou 锄头chutou 镰刀liandao 斧头futou 锤子chuizi 锯子juzi 钉子dingzi 绳子shengzi 梯子tizi
轮胎luntai 汽车qiche 火车huoche 飞机feiji 轮船lunchuan 帆船fanchuan 马车mache 卡车kache 单车danche 钢琴gangqin
二胡erhu 笛子dizi 古筝guzheng 琵琶pipa 锣鼓luogu 喇叭laba 吉他jita 提琴tiqin 口琴kouqin 围棋weiqi 象棋xiangqi
风筝fengzheng 陀螺tuoluo 积木jimu 皮球piqiu 足球zuqiu 篮球lanqiu 排球paiqiu 网球wangqiu 跳绳tiaosheng
游泳youyong 滑冰huabing 登山dengshan 钓鱼diaoyu 跑步paobu 射箭shejian 武术wushu 舞蹈wudao 歌声gesheng 老师laoshi
学生xuesheng 医生yisheng 护士hushi 农民nongmin 工人gongren 司机siji 厨师chushi 裁缝caifeng 木匠mujiang
铁匠tiejiang 画家huajia 诗人shiren 记者jizhe 法官faguan 船长chuanzhang 邻居linju 朋友pengyou 客人keren 哥哥gege
妹妹meimei 孩子haizi 村长cunzhang 猎人lieren 渔夫yufu 牧童mutong 书生shusheng 东方dongfang 西部xibu 南极nanji
长江changjiang 黄河huanghe 泰山taishan 长城changcheng 西湖xihu 运河yunhe 盆地pendi 高原gaoyuan 平原pingyuan
丘陵qiuling 海岛haidao 港口gangkou 峡谷xiagu 溪流xiliu 泉水quanshui 池塘chitang 水库shuiku 堤坝diba 隧道suidao
铁路tielu 公路gonglu 小巷xiaoxiang 村庄cunzhuang 集市jishi 牧场muchang 红色hongse 黄金huangjin 白银baiyin
青铜qingtong 钢铁gangtie 玉石yushi 珍珠zhenzhu 玛瑙manao 陶瓷taoci 砖头zhuantou 瓦片wapian 木材mucai 丝绸sichou
皮革pige 羊毛yangmao 玻璃boli 煤炭meitan 石油shiyou 沙子shazi 石灰shihui 水泥shuini 油漆youqi 胶水jiaoshui
麻袋madai 箱子xiangzi 瓶子pingzi 篮子lanzi 春节chunjie 清明qingming 端午duanwu 中秋zhongqiu 重阳chongyang
元宵yuanxiao 鞭炮bianpao 对联duilian 年画nianhua 剪纸jianzhi 舞龙wulong 庙会miaohui 故事gushi 童话tonghua
谜语miyu 诗歌shige 小说xiaoshuo 戏曲xiqu 电影dianying 照片zhaopian 油画youhua 书法shufa 雕塑diaosu 印章yinzhang
砚台yantai 折扇zheshan 屏风pingfeng 古董gudong 宝剑baojian 盔甲kuijia 晴天qingtian 阴天yintian 大雾dawu
微风weifeng 暴雨baoyu 冰雹bingbao 霜降shuangjiang 立春lichun 谷雨guyu 芒种mangzhong 白露bailu 寒露hanlu
小满xiaoman 大寒dahan 惊蛰jingzhe 夏至xiazhi 冬至dongzhi 朝霞zhaoxia 晚霞wanxia 银河yinhe 流星liuxing
卫星weixing 火箭huojian 地球diqiu 世界shijie 宇宙yuzhou 时间shijian 空气kongqi 阳光yangguang 耳朵erduo 鼻子bizi
嘴巴zuiba 头发toufa 肩膀jianbang 手指shouzhi 膝盖xigai 脚步jiaobu 心脏xinzang 牙齿yachi 眉毛meimao 胡须huxu
笑容xiaorong 眼泪yanlei 梦想mengxiang 希望xiwang 勇气yongqi 智慧zhihui 快乐kuaile 幸福xingfu 平安pingan
健康jiankang 友谊youyi 诚实chengshi 勤劳qinlao 节约jieyue 耐心naixin 自由ziyou 数学shuxue 语文yuwen 历史lishi
地理dili 物理wuli 化学huaxue 音乐yinyue 美术meishu 体育tiyu 科学kexue 考试kaoshi 作业zuoye 毕业biye 同学tongxue
班级banji 操场caochang 图书tushu 发明faming 飞船feichuan 卷尺juanchi 沙发shafa 窗帘chuanglian 地毯ditan
摇篮yaolan 轮椅lunyi 拐杖guaizhang 口罩kouzhao 药片yaopian 糯米nuomi 木耳muer 香菇xianggu 海带haidai 紫菜zicai
虾米xiami 腊肉larou 香肠xiangchang 烤鸭kaoya 凉粉liangfen 米线mixian 年糕niangao 麻花mahua 杏仁xingren
山楂shanzha 甘蔗ganzhe 荔枝lizhi 龙眼longyan 杨梅yangmei 莲藕lianou 竹笋zhusun 芹菜qincai 蘑菇mogu 豌豆wandou
`
  .trim()
  .split(/\s+/)
  .map((word) => ({ shown: word.slice(0, 2), typed: word.slice(2) }));

/**
 * A fresh passphrase: what is typed, and the words to remember it by.
 * @param {import("../core/entropy.js").Entropy} entropy
 * @returns {{ typed: string, shown: string }}
 */
export function newPassphrase(entropy) {
  const random = new DataView(entropy.bytes(2 * COUNT).buffer);
  const words = Array.from({ length: COUNT }, (_, place) => WORDS[random.getUint16(2 * place) % WORDS.length]);
  return { typed: words.map(({ typed }) => typed).join("-"), shown: words.map(({ shown }) => shown).join(" ") };
}
