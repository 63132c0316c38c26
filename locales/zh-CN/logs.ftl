# 服务自己的日志：`portolan logs`。

cli-logs = 输出正在运行的服务自己的日志，最早的在前
    .after = 保留最近 2000 行。其中没有提示词和回答，密钥也已去除：可以把它存成文件转交他人，例如“portolan logs --output portolan.log”。
cli-option-follow = 持续输出此后的日志；先输出最近 20 行
cli-option-lines = 只输出最近这么多行
cli-option-level = 最低级别：error、warn、info、debug 或 trace；默认输出保留的全部
cli-option-search = 只输出包含此文字的行
cli-option-output = 写入此文件，而不写到标准输出；新建的文件只有其所有者可读
logs-none = 没有这样的日志行。每次启动服务，日志都重新开始。
logs-saved = 已将 { $count } 行写入 { $file }。
logs-ended = 服务已结束，日志也随之结束。
