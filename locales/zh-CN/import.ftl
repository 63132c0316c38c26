# 导入其他程序留在本机的内容：`portolan import` 与窗口中的页面。

cli-import = 显示其他程序留在本机、可以导入的内容
    .after = 其他程序的文件只读取，从不改动。不带 --yes 时不导入任何内容。
cli-option-source = 来自哪个程序：iflow（命令行）或 iflow2api
cli-option-yes = 导入所显示的内容

import-none = 没有发现可以导入的内容。
    .hint = 只查看运行 Portolan 的用户的 ~/.iflow 和 ~/.iflow2api
import-of = { $source ->
    [iflow] iFlow 命令行，位于 ~/.iflow：
    [iflow2api] iflow2api，位于 ~/.iflow2api：
   *[other] { $source }：
}
import-what-address = 服务商地址
import-what-key = 服务商密钥
import-what-model = 默认模型
import-what-client-key = 程序使用的密钥
import-what-port = 端口
import-what-language = 语言
import-what-theme = 配色
import-what-proxy = 访问服务商的代理
import-new = 新增
import-other = 取代现有设置
import-same = 已经有了
import-leaves = { $field } 不导入：{ $why }
import-why-sign-in = 登录只能用当初登录的程序的客户端密钥续期
import-why-open = 它会向整个网络开放；Portolan 只在本机监听
import-why-imitation = 它让请求看起来像别的程序发出的，Portolan 不这样做
import-why-sealed = 它已加密，而 ~/.iflow2api/.key 中的密钥缺失或不匹配
import-why-unusable = 按现在的写法无法使用
import-why-by-hand = 在这里需要手动为密钥或路由设置
import-file-fault = 注意：跳过 { $file }：{ $reason }
import-how = 用“portolan import { $source } --yes”导入。目前没有改动任何内容。
import-taken = 已导入：{ $what }。
import-account = 密钥已加密存入保险库，属于账号 { $account }。
import-nothing-new = 全部已经有了。

## 窗口

importing-name = 导入
importing-lead = 其他程序留在本机的密钥和设置。它们的文件只读取，从不改动；密钥存入保险库。
importing-none = 没有可导入的内容
importing-none-what = 没有找到 iFlow 命令行（~/.iflow）或 iflow2api（~/.iflow2api）的文件。
importing-again = 重新查找
importing-looking = 正在查找…
importing-of-iflow = iFlow 命令行
importing-of-iflow2api = iflow2api
importing-files = 读取自 { $files }
importing-take = 导入
importing-taking = 正在导入…
importing-leaves = 不导入的内容
importing-fault = 无法使用 { $file }：{ $reason }
importing-all-here = 全部已经有了。
importing-done = 已导入：{ $what }。
importing-done-account = 密钥已加密存入保险库，属于账号 { $account }。
