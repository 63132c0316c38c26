curl -X POST PORTOLAN_URL/v1/chat/completions \
  -H "Authorization: Bearer PORTOLAN_KEY" \
  -H "Content-Type: application/json" \
  -d '{
  "model": "iflow",
  "messages": [
    {
      "role": "system",
      "content": "你是一个友好的助手"
    },
    {
      "role": "user",
      "content": "你好，请问你是谁？"
    }
  ],
  "stream": true
}'
