# 原因：合同中的每个原因码一条。
# 别的程序说的话（`$words`）保留原文，放在引号里。

reason-why = 原因不明
    .said = “{ $words }”
    .system-said = 系统提示“{ $words }”
    .environment-unset = 没有设置环境变量 { $variable }
    .environment-empty = 环境变量 { $variable } 是空的
    .environment-control-character = 环境变量 { $variable } 里有换行或其他控制字符
    .secret-empty = 内容是空的
    .secret-control-character = 里面有换行或其他控制字符
    .key-file-unreadable = 读不了文件 { $file }，系统提示“{ $words }”
    .key-file-too-large = 文件 { $file } 超过 { $bytes } 字节
    .key-file-not-text = 文件 { $file } 不是 UTF-8 文本
    .key-file-empty = 文件 { $file } 是空的
    .key-file-control-character = 文件 { $file } 不止一行，或者有控制字符
    .key-not-stored = 没有保存过这个账号的密钥
    .input-unreadable = 读不了标准输入，系统提示“{ $words }”
    .input-shown = 这个终端会显示输入的内容，请用管道传入
    .keyring-locked = 系统密钥环已锁定，或者拒绝了访问
    .keyring-silent = 系统密钥环没有应答，可能在等你输入密码
    .keyring-without-key = 系统密钥环里没有这个保险库的密钥
    .keyring-not-a-key = 系统密钥环里保存的不是保险库密钥
    .vault-key-wrong = { $given ->
            [keyring] 系统密钥环中的密钥打不开这个保险库
            [master-key] PORTOLAN_MASTER_KEY 打不开这个保险库
           *[other] PORTOLAN_PASSPHRASE 打不开这个保险库
        }
    .vault-key-other = 保险库的加密方式对不上，加密时用的：{ $sealed ->
            [keyring] 系统密钥环
            [master-key] PORTOLAN_MASTER_KEY
           *[other] PORTOLAN_PASSPHRASE
        }；现在用的：{ $given ->
            [keyring] 系统密钥环
            [master-key] PORTOLAN_MASTER_KEY
           *[other] PORTOLAN_PASSPHRASE
        }
    .keyring-missing = 没有系统密钥环（“{ $words }”），也没有设置 PORTOLAN_MASTER_KEY 或 PORTOLAN_PASSPHRASE
    .keyring-failed = 系统密钥环出错，提示“{ $words }”
    .master-key-short = PORTOLAN_MASTER_KEY 只有 { $length } 个字符，至少要 { $least } 个
    .vault-newer = 保险库由更新版本的 Portolan 写成（格式 { $version }）
    .vault-unreadable = 保险库文件已无法识别
    .vault-folder = 保险库所在目录不可用，系统提示“{ $words }”
    .vault-record-changed = 记录 { $record } 在保存之后被改动过
    .vault-record-lost = 保险库文件已损坏，{ $record } 可能在丢失的部分里
    .vault-older = 保险库文件比上次看到的旧（写入次数 { $found }，应为 { $expected }）
    .vault-changed = 保险库文件被别的程序改动过
    .vault-busy = 另一个进程正在写保险库
    .vault-disk = 读写保险库文件失败，系统提示“{ $words }”
    .vault-key-failed = 无法生成保险库密钥（“{ $words }”）
    .not-toml = 不是有效的 TOML，解析器提示“{ $words }”
    .value-unreadable = 看不懂这个值，解析器提示“{ $words }”
    .unknown-key = 没有这个配置项
    .unknown-key-similar = 没有这个配置项，你是不是想写 { $nearest }？
    .missing-key = 缺少 { $name }
    .wrong-type = 值的类型不对，应为：{ $expected ->
            [text] 带引号的文本
            [integer] 整数
            [float] 小数
            [boolean] true 或 false
            [date] 日期
            [list] 列表
            [table] 表
           *[other] 文本或表
        }；实际是：{ $found ->
            [text] 带引号的文本
            [integer] 整数
            [float] 小数
            [boolean] true 或 false
            [date] 日期
            [list] 列表
            [table] 表
           *[other] 文本或表
        }
    .not-one-of = “{ $found }”不在可选值之中：{ $choices }
    .out-of-range = { $found } 不是 { $least } 到 { $most } 之间的数字
    .empty = 不能为空
    .duplicate = 和前面的重复了
    .listed-twice = “{ $name }”列了两次
    .not-a-host = “{ $found }”不是 localhost，也不是 IP 地址
    .not-a-port = “{ $found }”不是端口，端口是 0 到 65535 的数字
    .not-an-origin = “{ $found }”不是浏览器发送的来源，应写成 https://example.com 这样，或者 null
    .not-an-address = “{ $found }”不是 IP 地址
    .not-a-host-name = “{ $found }”不是主机名，主机名不带端口、路径和大写字母
    .not-a-language = “{ $found }”不是语言代码（例如 en 或 zh-CN）
    .not-a-variable = 这不是环境变量名；变量名只含字母、数字和下划线
    .not-an-id = “{ $found }”不合要求，只能用小写字母、数字和单个连字符
    .not-a-key-name = “{ $found }”不合要求，应为 1 到 64 个字母、数字、连字符、下划线或点
    .not-a-target = “{ $found }”不是路由目标，应写成“服务商/模型”
    .route-without-agent = 没有一个目标是智能体，因此不起作用
    .demo-no-target = demo 只响应它自己的名字，不能作为路由的目标
    .no-targets = 路由至少要有一个目标
    .key-twice = 已经用 key_env 指定了密钥
    .proxy-missing = 代理模式是 manual 时要写 url
    .proxy-is-a-mode = “{ $found }”是模式，不是地址
    .not-a-proxy = 代理只能是 direct、system、environment，或者 http、https、socks5、socks5h 地址
    .proxy-secret = 代理的用户名和密码不要写在配置里，请用 environment
    .provider-built-in = { $provider } 由 Portolan 自己应答，请换一个 id
    .text-not-shown = 用来显示的文本不能为空，也不能有控制字符
    .not-a-model = 模型 id 应为 1 到 256 个字符，不带空格
    .header-unusable = 标头 { $header } 不能用来携带密钥
    .prefix-unusable = 前缀只能用可打印的 ASCII 字符
    .client-id-unusable = client id 应为 1 到 512 个可见的 ASCII 字符
    .scope-unusable = 每个 scope 应为一个由可见 ASCII 字符组成的词
    .sign-in-missing = 这个服务商没有登录方式；请把 issuer 设为 OpenID Connect 服务的地址
    .command-missing = 智能体需要一条命令，例如 { $example }
    .argument-unusable = 启动程序所用的内容不能含有控制字符
    .agent-and-endpoints = 一个提供商要么是智能体，要么有端点：请为智能体另取一个 id
    .not-absolute = 这里需要从根目录开始的路径，例如 /home/me/project
    .own-variable = { $variable } 是 Portolan 自己的变量，不会传给任何程序
    .sign-in-of-its-own = { $provider } 自带登录方式；issuer 只用于自定义接口地址
    .endpoints-missing = 自定义服务商要写明接口地址，例如 { $example }
    .address-unreadable = 不是 http 或 https 地址
    .address-user = 地址里不能有用户名或密码
    .address-query = 地址里不能有查询参数
    .address-fragment = 地址里不能有 # 片段
    .address-not-a-page = 网页地址要以 https:// 开头
    .needs-allow-private-plain = http:// 会明文发送密钥和提示词，需要 allow_private = true
    .needs-allow-private = { $host } 是内网地址，需要 allow_private = true
    .unknown-provider = 没有服务商 { $provider }
    .unknown-provider-similar = 没有服务商 { $provider }，你是不是想写 { $nearest }？
    .provider-without-account = 还没有 { $provider } 的账号，用“portolan accounts add { $provider }”添加
    .model-not-offered = 没有账号提供模型 { $model }
    .demo-no-default = demo 只响应它自己的名字，不能作为默认模型
    .needs-no-account = { $provider } 不需要账号
    .route-shadowed = 前面已有路由匹配这个名字
    .key-never-created = 没有密钥 { $name }，用“portolan keys create --name { $name }”创建
    .proxy-unused = 只有 mode = "manual" 时才会用到这个地址
    .not-watched = 这个文件改动后不会自动生效，系统提示“{ $words }”
    .file-gone = 文件不见了，继续使用之前读到的配置
    .file-kept-changing = 别的程序一直在写这个文件
    .table-inline = { $name } 在这里没有写成单独的表；请改写成 [{ $name }] 再修改
    .accounts-inline = 账号写成了 account = [ … ]，改写成 [[account]] 才能修改
    .keys-newer = 由更新版本的 Portolan 写成（version { $version }）
    .keys-hash = 密钥 { $name } 的哈希值无效
    .keys-unreadable = 不是 Portolan 写的 JSON，解析器提示“{ $words }”
    .home-unset = PORTOLAN_HOME 和 { $variable } 都没有设置
    .path-relative = { $path } 不是绝对路径
    .other-user = 它属于另一个用户
    .not-json = 从第 { $line } 行第 { $column } 列起不是 JSON
    .not-an-object = 是 JSON，但不是对象
    .not-text = 不是 UTF-8 文本
    .password-length = 网页管理的密码须为 { $least } 到 { $most } 个字符
    .password-weak = 太容易猜到
    .given-twice = 同时还设置了 { $other }，只能设置其中一个
    .host-unknown = 找不到这个名字对应的地址
    .server-silent = 它没有应答
    .server-hung-up = 它断开了连接
    .server-slow = { $method } 在 { $seconds } 秒内没有完成
    .answer-unreadable = 看不懂它的应答（“{ $words }”）
    .no-parameters = 它不接受参数
    .too-long = 长度超过 { $most } 个字符
    .one-key = key、key_env、key_file 最多只能有一个
    .provider-unreachable = 连接不上（“{ $words }”）
    .provider-silent = 没有及时应答
    .provider-refused-key = 它拒绝了这个密钥
    .provider-forbids = 这个密钥没有权限
    .provider-unpaid = 需要先付费，或者额度已用完
    .provider-limits = 短时间内请求太多
    .provider-without-list = 这个地址没有模型列表
    .provider-broken = 它出错了（“{ $words }”）
    .gateway-stopped = Portolan 正在停止
    .sign-in-refused = 服务商不再接受这次登录
    .sign-in-lost = 上次续期没有等到服务商的答复，服务商也不再接受这次登录
    .sign-in-ran-out = 登录已过期，服务商不支持续期
    .sign-in-answer-foreign = 收到的回应不属于这次登录
    .sign-in-answer-other-provider = 收到的回应来自另一个服务商
    .sign-in-answer-without-code = 收到的回应里没有授权码
    .sign-in-listener = 无法打开接收回应的端口，系统提示“{ $words }”
    .sign-in-status = 它返回了状态码 { $status }
    .sign-in-renewed-elsewhere = 另一个进程续期太久仍未完成
    .sign-in-newer = 登录信息由更新版本的 Portolan 保存（格式 { $version }）
    .sign-in-token-foreign = 它的 id token 属于别的程序或另一次登录
    .sign-in-token-over = 它的 id token 已过期；也可能是这台电脑的时钟不准
    .issuer-plain = issuer 的地址不是 https
    .issuer-not-json = issuer 的自述不是 JSON 文档
    .issuer-without-pkce = issuer 不支持 S256 方式的 PKCE
    .issuer-address-plain = issuer 自述的地址中有的不是 https
    .issuer-without-token = issuer 没有写明 token 端点
    .sign-in-unreadable = 它的回应与其文档不符，无法读取
    .answered-here = 由 Portolan 自己应答
    .same-interface = 它本身就用 { $dialect } 接口，无需转换
    .translated = 从 { $client } 转换为 { $dialect }
