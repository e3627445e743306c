"""The last parts of words with dots: those of sites, of files, and of other things. Pure data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Known to everybody: with one of these, even an oddly spelled word reads like a domain.
FAMOUS = "com|org|net|edu|gov|mil|info|biz"

#: Top-level domains that people know, but for those that are endings of files as well, and those
#: for tests and for one's own network (https://www.rfc-editor.org/rfc/rfc2606).
KNOWN = _words(
    f"""
    {FAMOUS.replace("|", " ")}
    agency app art bank bet bio blog cards care cash center chat city cloud club codes company
    consulting credit dev digital domains email energy exchange expert finance financial fit fun
    fund fyi gallery games gift global group guru health help host hosting house inc insurance
    int international jobs land law legal life link live llc loan login love ltd market
    marketing media mobi money museum network news ninja one online page partners pay photos
    plus press pro properties pub rest reviews rocks run sale school science security services
    shop site social software solutions space store studio support systems team tech technology
    tips today tokyo tools top tours tours trade travel university vip watch website wiki win
    work works world wtf xyz zone ac ae af ag ai al am ar as at au az ba bd be bg bh bo br by bz
    ca cd ch ci cl cm cn co cr cu cx cy cz de dk do dz ec ee eg es et eu fi fm fo fr ga ge gg gh
    gi gl gr gt hk hn hr hu id ie il im in io iq ir is it jo jp ke kg kh kr kw kz la lb li lk lt
    lu lv ly ma mc me mg mk mn mo mp mt mu mv mx my mz na ng ni nl no np nu nz om pa pe pf pg ph
    pk pr pt pw qa re ro ru rw sa sc se sg si sk sm sn so st su sv sx sy tc td tg th tj tk tl tm
    tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu ws ye za zm zw example invalid
    local localhost onion test internal
    """
)

#: Endings of files that are no top-level domains.
FILES = _words(
    """
    7z aac adoc apk avi avro bak bash bat bib bin blend bmp bz2 c cfg class conf cpp cs css csv
    dart deb diff dll dmg doc docm docx dwg dylib eml env eot eps epub exe flac fs gif go gradle
    gz h hpp htm html hs ico ics ini ipynb iso jar java jl jpeg jpg js json jsonl jsx kt kts ksh
    lisp lock log lua m4a mjs mkv mp3 mp4 mpeg mpg msg msi ndjson numbers odp ods odt ogg otf
    pages parquet pdf pem php pickle pkl png pps ppt pptx proto psd pub r rar rb rdf rpm rst rtf
    scala scss sqlite sql svg swift tar tcl tex tgz tif tiff toml ts tsv tsx ttf txt vb vcf vue
    wasm wav webm webp wmv woff woff2 xhtml xls xlsm xlsx xml xz yaml yml
    """
)

#: Endings of files that are top-level domains as well.
FILES_AND_SITES = _words("bz cc md ml mov pl ps py rs sh zip")

#: Before one of those, it is a file.
FILE_NAMES = _words(
    """
    __init__ agents app archive build changelog claude cli client config configure conftest
    contributing data dataset deploy entrypoint example helpers index install lib license main
    make manage mod models notice readme release run script security server settings setup skill
    source src test tests todo urls utils views wsgi
    """
)
ALWAYS_FILES = frozenset(("mov", "zip"))

#: Written before a name with a dot and often no space.
ABBREVIATIONS = _words(
    """
    abs al approx art av bd bzw ca cap ch dept dipl dr ed eds etc ev fig figs fr frl ft gen gov
    hon hr hrsg inc ing int jr kap lt ltd max med messrs mio min mlle mme mr mrs ms mt nr no nos
    op pp pres prof rd ref rep resp rev sec sen sgt sr st str tab tel ul univ ver vol vs zb
    """
)

#: Names of programs that end like a site.
PROGRAMS = _words("ADO.NET ASP.NET ML.NET VB.NET Socket.IO Json.NET System.IO")

#: Words that are followed by an ending, not by the rest of a name: "the .com bubble".
BEFORE_AN_ENDING = _words(
    """
    a about all among an and any are as at buy by each every first for from generic his in into
    is its like mein my new non of old on or other our own premium register six the their these
    this three to top two under use using via was what why wildcard with your microsoft
    """
)

#: Top-level domains of scripts without spaces between words, from https://publicsuffix.org/list/
#: of February 2023; with those that were for tests only.
SPACELESS = _words(
    """
    中国 中國 香港 澳門 澳门 新加坡 台灣 台湾 臺灣 佛山 慈善 集团 在线 点看 八卦 公益 公司
    香格里拉 网站 移动 我爱你 联通 时尚 微博 淡马锡 商标 商店 商城 新闻 家電 中文网 中信 娱乐
    谷歌 電訊盈科 购物 通販 网店 餐厅 网络 亚马逊 食品 飞利浦 手机 政府 机构 组织机构 健康 招聘
    大拿 世界 書籍 网址 天主教 游戏 企业 信息 嘉里大酒店 嘉里 广东 政务 網絡 測試 测试 テスト
    セール ファッション ストア アマゾン ポイント クラウド グーグル コム みんな ไทย คอม ລາວ
    """
)

#: Whoever wants may have a site below one of these: https://publicsuffix.org/list/, in part.
SHARED = _words(
    """
    amazonaws.com appspot.com azurewebsites.net blogspot.com carrd.co cloudfront.net
    codeberg.page deno.dev duckdns.org firebaseapp.com fly.dev github.io gitlab.io glitch.me
    hashnode.dev herokuapp.com hf.space myshopify.com netlify.app ngrok-free.app ngrok.io
    notion.site onrender.com pages.dev r2.dev railway.app readthedocs.io repl.co replit.app
    sharepoint.com square.site streamlit.app substack.com surge.sh trycloudflare.com tumblr.com
    vercel.app web.app webflow.io weebly.com wixsite.com wordpress.com workers.dev
    """
)

#: Below a top-level domain of a country, these are no site either: ``co.uk``.
SECOND_LEVEL = _words("ac co com edu go gob gov ne net nom or org")
