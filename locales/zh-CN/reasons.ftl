# 原因：合同中的每个原因码一条。
# 别的程序说的话（`$words`）保留原文，放在引号里。

reason-said = “{ $words }”
reason-system-said = 系统提示“{ $words }”
reason-environment-unset = 没有设置环境变量 { $variable }
reason-environment-empty = 环境变量 { $variable } 是空的
reason-environment-control-character = 环境变量 { $variable } 里有换行或其他控制字符
reason-secret-empty = 内容是空的
reason-secret-control-character = 里面有换行或其他控制字符
reason-key-file-unreadable = 读不了文件 { $file }，系统提示“{ $words }”
reason-key-file-too-large = 文件 { $file } 超过 { $bytes } 字节
reason-key-file-not-text = 文件 { $file } 不是 UTF-8 文本
reason-key-file-empty = 文件 { $file } 是空的
reason-key-file-control-character = 文件 { $file } 不止一行，或者有控制字符
reason-key-not-stored = 没有保存过这个账号的密钥
reason-input-unreadable = 读不了标准输入，系统提示“{ $words }”
reason-input-shown = 这个终端会显示输入的内容，请用管道传入
reason-keyring-locked = 系统密钥环已锁定，或者拒绝了访问
reason-keyring-silent = 系统密钥环没有应答，可能在等你输入密码
reason-keyring-without-key = 系统密钥环里没有这个保险库的密钥
reason-keyring-not-a-key = 系统密钥环里保存的不是保险库密钥
reason-vault-key-wrong = { $given ->
        [keyring] 系统密钥环中的密钥打不开这个保险库
        [master-key] PORTOLAN_MASTER_KEY 打不开这个保险库
       *[other] PORTOLAN_PASSPHRASE 打不开这个保险库
    }
reason-vault-key-other = 保险库的加密方式对不上，加密时用的：{ $sealed ->
        [keyring] 系统密钥环
        [master-key] PORTOLAN_MASTER_KEY
       *[other] PORTOLAN_PASSPHRASE
    }；现在用的：{ $given ->
        [keyring] 系统密钥环
        [master-key] PORTOLAN_MASTER_KEY
       *[other] PORTOLAN_PASSPHRASE
    }
reason-keyring-missing = 没有系统密钥环（“{ $words }”），也没有设置 PORTOLAN_MASTER_KEY 或 PORTOLAN_PASSPHRASE
reason-keyring-failed = 系统密钥环出错，提示“{ $words }”
reason-master-key-short = PORTOLAN_MASTER_KEY 只有 { $length } 个字符，至少要 { $least } 个
reason-vault-newer = 保险库由更新版本的 Portolan 写成（格式 { $version }）
reason-vault-unreadable = 保险库文件已无法识别
reason-vault-folder = 保险库所在目录不可用，系统提示“{ $words }”
reason-vault-record-changed = 记录 { $record } 在保存之后被改动过
reason-vault-record-lost = 保险库文件已损坏，{ $record } 可能在丢失的部分里
reason-vault-older = 保险库文件比上次看到的旧（写入次数 { $found }，应为 { $expected }）
reason-vault-changed = 保险库文件被别的程序改动过
reason-vault-busy = 另一个进程正在写保险库
reason-vault-disk = 读写保险库文件失败，系统提示“{ $words }”
reason-vault-key-failed = 无法生成保险库密钥（“{ $words }”）
reason-not-toml = 不是有效的 TOML，解析器提示“{ $words }”
reason-value-unreadable = 看不懂这个值，解析器提示“{ $words }”
reason-unknown-key = 没有这个配置项
reason-unknown-key-similar = 没有这个配置项，你是不是想写 { $nearest }？
reason-missing-key = 缺少 { $name }
reason-wrong-type = 值的类型不对，应为：{ $expected ->
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
reason-not-one-of = “{ $found }”不在可选值之中：{ $choices }
reason-out-of-range = { $found } 不是 { $least } 到 { $most } 之间的数字
reason-empty = 不能为空
reason-duplicate = 和前面的重复了
reason-listed-twice = “{ $name }”列了两次
reason-not-a-host = “{ $found }”不是 localhost，也不是 IP 地址
reason-not-a-port = “{ $found }”不是端口，端口是 0 到 65535 的数字
reason-not-an-origin = “{ $found }”不是浏览器发送的来源，应写成 https://example.com 这样，或者 null
reason-not-a-host-name = “{ $found }”不是主机名，主机名不带端口、路径和大写字母
reason-not-a-variable = “{ $found }”不是环境变量名
reason-not-an-id = “{ $found }”不合要求，只能用小写字母、数字和单个连字符
reason-not-a-key-name = “{ $found }”不合要求，应为 1 到 64 个字母、数字、连字符、下划线或点
reason-not-a-target = “{ $found }”不是路由目标，应写成“服务商/模型”
reason-no-targets = 路由至少要有一个目标
reason-key-twice = 已经用 key_env 指定了密钥
reason-proxy-missing = 代理模式是 manual 时要写 url
reason-proxy-is-a-mode = “{ $found }”是模式，不是地址
reason-not-a-proxy = 代理只能是 direct、system、environment，或者 http、https、socks5、socks5h 地址
reason-proxy-secret = 代理的用户名和密码不要写在配置里，请用 environment
reason-provider-built-in = { $provider } 由 Portolan 自己应答，请换一个 id
reason-text-not-shown = 用来显示的文本不能为空，也不能有控制字符
reason-not-a-model = 模型 id 应为 1 到 256 个字符，不带空格
reason-header-unusable = 标头 { $header } 不能用来携带密钥
reason-prefix-unusable = 前缀只能用可打印的 ASCII 字符
reason-endpoints-missing = 自定义服务商要写明接口地址，例如 { $example }
reason-address-unreadable = 不是 http 或 https 地址
reason-address-user = 地址里不能有用户名或密码
reason-address-query = 地址里不能有查询参数
reason-address-fragment = 地址里不能有 # 片段
reason-address-not-a-page = 网页地址要以 https:// 开头
reason-needs-allow-private-plain = http:// 会明文发送密钥和提示词，需要 allow_private = true
reason-needs-allow-private = { $host } 是内网地址，需要 allow_private = true
reason-unknown-provider = 没有服务商 { $provider }
reason-unknown-provider-similar = 没有服务商 { $provider }，你是不是想写 { $nearest }？
reason-needs-no-account = { $provider } 不需要账号
reason-route-shadowed = 前面已有路由匹配这个名字
reason-key-never-created = 没有密钥 { $name }，用“portolan keys create --name { $name }”创建
reason-proxy-unused = 只有 mode = "manual" 时才会用到这个地址
reason-not-watched = 这个文件改动后不会自动生效，系统提示“{ $words }”
reason-file-gone = 文件不见了，继续使用之前读到的配置
reason-file-kept-changing = 别的程序一直在写这个文件
reason-accounts-inline = 账号写成了 account = [ … ]，改写成 [[account]] 才能修改
reason-keys-newer = 由更新版本的 Portolan 写成（version { $version }）
reason-keys-hash = 密钥 { $name } 的哈希值无效
reason-keys-unreadable = 不是 Portolan 写的 JSON，解析器提示“{ $words }”
reason-home-unset = PORTOLAN_HOME 和 { $variable } 都没有设置
reason-path-relative = { $path } 不是绝对路径
reason-other-user = 它属于另一个用户
reason-not-text = 不是 UTF-8 文本
reason-given-twice = 同时还设置了 { $other }，只能设置其中一个
reason-host-unknown = 找不到这个名字对应的地址
reason-server-silent = 它没有应答
reason-server-hung-up = 它断开了连接
reason-server-slow = { $method } 在 { $seconds } 秒内没有完成
reason-answer-unreadable = 看不懂它的应答（“{ $words }”）
reason-no-parameters = 它不接受参数
reason-one-key = key、key_env、key_file 最多只能有一个
reason-provider-unreachable = 连接不上（“{ $words }”）
reason-provider-silent = 没有及时应答
reason-provider-refused-key = 它拒绝了这个密钥
reason-provider-forbids = 这个密钥没有权限
reason-provider-unpaid = 需要先付费，或者额度已用完
reason-provider-limits = 短时间内请求太多
reason-provider-without-list = 这个地址没有模型列表
reason-provider-broken = 它出错了（“{ $words }”）
reason-gateway-stopped = Portolan 正在停止
reason-answered-here = 由 Portolan 自己应答
reason-same-interface = 它本身就用 { $dialect } 接口，无需转换
reason-translated = 从 { $client } 转换为 { $dialect }
