# 失败原因：合同中的每个错误码一条，附带该怎么办。
# 空参数以数字 0 传入。

error-no-such-provider = 找不到服务商“{ $provider }”
    .hint = { $nearest ->
        [0] 内置的有 openai、anthropic、deepinfra 等，自定义的写在 config.toml 里
       *[other] 你是不是想输入“{ $nearest }”？
    }
error-no-such-account = 找不到账号“{ $account }”
    .hint = { $nearest ->
        [0] 用“portolan accounts list”查看所有账号
       *[other] 你是不是想输入“{ $nearest }”？
    }
error-no-such-key = 找不到密钥“{ $name }”
    .hint = { $nearest ->
        [0] 用“portolan keys list”查看所有密钥
       *[other] 你是不是想输入“{ $nearest }”？
    }
error-no-such-instance = 找不到实例“{ $instance }”
    .hint = { $nearest ->
        [0] 用“portolan instances list”查看所有实例
       *[other] 你是不是想输入“{ $nearest }”？
    }
error-instance-exists = 实例不能叫“{ $instance }”：已经有同名的实例
    .hint = 换个名字
error-instance-name-invalid = 实例不能叫“{ $name }”
    .hint = 只能用小写字母、数字和单个连字符
error-instance-port-taken = 实例不能用端口 { $port }：实例“{ $other }”已在使用
    .hint = 换个端口；填 0 则自动选一个空闲端口
error-instance-first = 不能单独更改实例“{ $instance }”：它随 Portolan 一起启动和停止
    .hint = 它的端口和默认模型在设置里，即 [listen] 和 default_model
error-no-such-dialect = 找不到接口“{ $dialect }”
    .hint = 可以是 openai-chat 或 anthropic-messages
error-account-exists = 无法添加账号“{ $account }”：已经存在
    .hint = 用 --name 换个名字
error-account-name-invalid = 账号不能叫“{ $name }”
    .hint = 只能用小写字母、数字和单个连字符
error-account-key-missing = 无法添加 { $provider } 账号：缺少密钥
    .hint = { $variable ->
        [0] 用管道传入密钥，或者使用 --key-env、--key-file
       *[other] 用管道传入密钥，或者使用 --key-env { $variable }、--key-file
    }
error-account-key-invalid = 服务商密钥不可用：{ $reason }
    .hint = 到服务商页面重新复制，只要一行
error-account-key-from-environment = 无法更换账号“{ $account }”的密钥：它来自环境变量 { $variable }
    .hint = 把 { $variable } 改为新密钥后重新启动；或者移除该账号，再用存入保险库的密钥重新添加
error-account-key-from-file = 无法更换账号“{ $account }”的密钥：它来自 { $file }
    .hint = 把新密钥写进这个文件后重新启动；或者移除该账号，再用存入保险库的密钥重新添加
error-account-signed-in = 无法更换账号“{ $account }”的密钥：它是登录 { $provider } 得来的账号，没有自己的密钥
    .hint = 请重新登录：在窗口里，或用“portolan login { $provider } --name { $account }”
error-log-not-saved = 无法把日志写入 { $file }：{ $reason }
    .hint = 换一个你自己的文件夹里的文件
error-input-failed = 读取密钥失败：{ $reason }
    .hint = 用管道传入，只要一行，例如“portolan … < FILE”
error-provider-built-in = 不能添加 { $provider } 账号：它由 Portolan 自己应答
    .hint = 直接请求模型“{ $provider }”即可，不需要账号
error-account-without-key = 账号“{ $account }”用不了：{ $reason }
    .hint = 用“portolan accounts list”看看它的密钥应该在哪里
error-no-such-flow = 无法登录 { $provider }：它不向这类程序提供这种登录方式
    .hint = 请改用该服务商的密钥
error-sign-in-client-missing = 无法登录 { $provider }：需要客户端 ID，但还没有设置
    .hint = 在服务商处注册一个公开客户端，用 --client-id 给出它的 ID，或写进 config.toml 的 [provider.{ $provider }] 里的 client_id
error-sign-in-client-secret-missing = 无法登录 { $provider }：需要你自己的客户端的密钥，但还没有设置存放它的文件
    .hint = 用 --client-secret-file 指出存放它的文件，或写进 config.toml 的 [provider.{ $provider }] 里的 client_secret_file；本程序不含任何他人的密钥
error-sign-in-issuer-missing = 无法登录 { $provider }：没有设置签发者地址
    .hint = 用 --issuer 给出，或写进 config.toml 的 [provider.{ $provider }] 里的 issuer
error-sign-in-setting-invalid = 无法登录 { $provider }：{ $reason }
    .hint = 请从服务商的页面重新复制
error-account-not-signed-in = 无法用账号“{ $account }”登录：它的密钥不是登录得来的
    .hint = 换个名字，或者先移除那个账号
error-sign-in-port-taken = 无法在 127.0.0.1:{ $port } 等待 { $provider } 的回应：{ $holder ->
        [0] 另一个程序占用了这个端口
       *[other] { $holder } 占用了这个端口
    }
    .hint = 结束那个程序后重新登录；{ $provider } 只会转回这个端口
error-sign-in-timed-out = 登录 { $provider } 超时：一直没有收到回应
    .hint = 请重新开始，并在剩余时间内在浏览器中完成
error-sign-in-cancelled = 已放弃登录 { $provider }
    .hint = 随时可以重新开始
error-sign-in-denied = 无法登录 { $provider }：{ $answer ->
        [0] 对方拒绝了
        [access_denied] 授权请求被拒绝
       *[other] 对方拒绝了，返回“{ $answer }”
    }
    .hint = 重新开始并在浏览器中同意，或改用该服务商的密钥
error-sign-in-failed = 登录 { $provider } 失败：{ $reason }
    .hint = 请重新开始；没有保存任何内容
error-sign-in-takes-no-answer = 无法接收粘贴的内容：这次登录不需要，或者已经收到了
    .hint = 请在浏览器中完成，或重新开始
error-sign-in-answer-wrong = 无法接收粘贴的内容：{ $reason }
    .hint = 请粘贴浏览器最后显示的完整地址，或只粘贴授权码
error-no-such-sign-in = 找不到这次登录
    .hint = 请重新开始
error-key-exists = 无法创建密钥“{ $name }”：已经存在
    .hint = 换个名字，或者先“portolan keys revoke { $name }”
error-key-name-reserved = 无法创建密钥“{ $name }”：这个名字留给 { $variable } 里的密钥
    .hint = 换个名字；要改那个密钥，请改 { $variable }，再重新启动
error-key-value-in-use = 无法创建密钥：和密钥“{ $name }”的内容相同
    .hint = 换一个内容
error-key-name-invalid = 密钥不能叫“{ $name }”
    .hint = 用 1 到 64 个字母、数字、“-”、“_”或“.”
error-key-value-invalid = 无法创建密钥：内容不合要求
    .hint = 用 1 到 512 个可打印字符，首尾不能是空格
error-key-from-environment = 无法吊销密钥“{ $name }”：它来自 { $variable }
    .hint = 从环境变量里去掉它，再重新启动
error-key-not-kept = 无法显示第一个密钥：没有保存
    .hint = 用“portolan keys create --name NAME”新建一个
error-vault-unavailable = 无法保存密钥：{ $reason }
    .hint = 设置 PORTOLAN_MASTER_KEY 或 PORTOLAN_PASSPHRASE；密钥也可以留在原处：“portolan accounts add”支持 --key-env 和 --key-file
error-vault-locked = 无法打开保险库：{ $reason }
    .hint = 解锁系统密钥环，或者用创建时的 PORTOLAN_MASTER_KEY、PORTOLAN_PASSPHRASE 启动
error-vault-failed = 保险库操作失败：{ $reason }
    .hint = 没有任何改动
error-settings-invalid = { $file } 第 { $line } 行第 { $column } 列{ $key ->
        [0] {""}
       *[other] （{ $key }）
    }有误：{ $reason }
    .hint = 改好这一行；运行中的服务继续使用原来的配置
error-settings-newer = 无法读取 { $file }：它由更新版本的 Portolan 写成（version { $version }）
    .hint = 更新本程序
error-settings-read-failed = 无法读取 { $file }：{ $reason }
    .hint = 检查是否有权限读取，或者用 --config 换一个文件
error-settings-write-failed = 无法写入 { $file }：{ $reason }
    .hint = 原文件没有变；检查目录是否可写、磁盘是否有空间
error-override-invalid = { $source } 不可用：{ $reason }
    .hint = 改正它，或者去掉它
error-keys-file-failed = 无法使用 { $file }：{ $reason }
    .hint = 检查是否有权限读写
error-home-unusable = { $folder ->
        [0] 没有可用的数据目录
       *[other] 目录 { $folder } 不可用
    }：{ $reason }
    .hint = 用 --home 或 PORTOLAN_HOME 指定一个自己的目录
error-home-in-use = { $folder } 正被另一个进程使用{ $pid ->
        [0] {""}
       *[other] （进程 { $pid }）
    }
    .hint = 等它结束，或者用 --home 另指定目录
error-already-running = 无法启动：这个目录的 Portolan 已在 { $address } 运行
    .hint = 直接用它，或者用 --home 给新的一个另指定目录
error-port-taken = 无法监听 { $address }：{ $holder ->
        [0] 端口已被占用
       *[other] 端口已被 { $holder } 占用
    }
    .hint = 停掉占用的程序，或者用 --port 换个端口
error-port-forbidden = 无法监听 { $address }：系统不允许使用这个端口
    .hint = 用 --port 换成 1024 以上的端口
error-address-not-local = 无法监听 { $address }：本机没有这个地址
    .hint = 用 localhost，或者本机某个网络上的地址
error-listen-failed = 无法监听 { $address }：{ $reason }
    .hint = 用 --host 换个地址，或者用 --port 换个端口
error-refused-unsafe-listen = 拒绝监听 { $host }：其他机器将可以访问；还缺少：{ $missing }
    .hint = 设置 PORTOLAN_ADMIN_PASSWORD 和 PORTOLAN_CLIENT_KEY，并保持 require_key 开启；或者只监听 localhost
error-not-running = 没有正在运行的服务
    .hint = 用“portolan serve”启动
error-server-unreachable = 无法和运行中的服务通信：{ $reason }
    .hint = 用“portolan status”查看状态
error-upstream-refused = 向 { $provider } 发出的请求失败：{ $reason }
    .hint = 检查账号的密钥和服务商的地址
error-setting-overridden = 无法修改 { $key }：命令行或环境变量已经设定了它，优先于设置文件
    .hint = 在那里去掉它，或者在那里修改
error-provider-exists = 无法添加服务商 { $provider }：这个标识已经存在
    .hint = 换一个标识
error-provider-in-use = 无法移除服务商 { $provider }：账号 { $account } 正在使用它
    .hint = 先移除这个账号
error-provider-not-own = 无法移除服务商 { $provider }：它是内置的
    .hint = 只能移除自己添加的服务商
error-trial-under-way = 无法发送测试请求：上一个还没有结束
    .hint = 等它结束后再试
error-no-such-trial = 没有这个测试请求
    .hint = 可能已被后来的测试请求取代，请重新发送
error-no-such-request = 活动记录里没有请求 { $id }
    .hint = 它可能已超过保留期限
error-activity-failed = 无法读取活动记录 { $file }：{ $reason }
    .hint = 检查这个文件是否可读写；请求不受影响
error-no-update = 安装更新：没有找到更新的版本
    .hint = 请先检查更新
error-update-unsigned = 安装更新：它没有本程序发布者的有效签名（{ $reason }）
    .hint = 没有做任何改动；请稍后再试，如果一直这样请告诉发布者
error-update-expired = 检查更新：服务器给出的最新版本信息已于 { $until } 失效
    .hint = 可能有人拦住了更新的消息，或者本机时钟不准；请检查时钟和网络，并到项目主页查看
error-update-replayed = 检查更新：服务器给出的是 { $signed } 的消息，比之前收到的（{ $newest }）还旧
    .hint = 没有做任何改动；可能有人在重放旧消息，请稍后再试，或换一个网络
error-update-failed = 更新：{ $reason }
    .hint = 没有做任何改动；请检查网络和代理后重试
error-invalid-params = 调用 { $method } 失败：{ $reason }
    .hint = 完整用法见“portolan --help”
error-nothing-to-import = 无法导入 ~/{ $folder } 里的内容：没有可导入的
    .hint = 它属于另一位用户，或在另一台机器上吗？只查看运行 Portolan 的用户的 ~/{ $folder }
error-import-file-unusable = 无法导入 { $file }：{ $reason }
    .hint = 修好该文件，或在这里重新开始：“portolan accounts add”添加账号
error-unknown-method = 没有 { $method } 这个方法
    .hint = { $nearest ->
        [0] 命令行和服务的版本可能不一致
       *[other] 你是不是想用 { $nearest }？
    }
error-internal = Portolan 内部出错：{ $reason }
    .hint = 这是我们的问题，请带上这一行反馈给我们

## 不安全的监听还缺什么

missing-client-key = 客户端密钥
missing-require-key = require_key = true
missing-admin-password = 管理密码
