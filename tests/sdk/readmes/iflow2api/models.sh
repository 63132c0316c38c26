# 获取模型列表
curl PORTOLAN_URL/v1/models?key=PORTOLAN_KEY
