curl PORTOLAN_URL/v1/chat/completions \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer PORTOLAN_KEY" \
  -d '{
    "model": "glm-4.7",
    "messages": [
      {"role": "user", "content": "你好，请介绍一下你自己"}
    ]
  }'
