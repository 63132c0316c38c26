# 流式请求
curl PORTOLAN_URL/v1/chat/completions?key=PORTOLAN_KEY \
  -H "Content-Type: application/json" \
  -d '{
    "model": "glm-5",
    "messages": [{"role": "user", "content": "你好！"}],
    "stream": true
  }'
