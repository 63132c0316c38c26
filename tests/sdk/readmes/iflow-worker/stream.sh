curl PORTOLAN_URL/v1/chat/completions \
  -H "Content-Type: application/json" \
  -H "Authorization: Bearer PORTOLAN_KEY" \
  -d '{
    "model": "glm-4.7",
    "messages": [
      {"role": "user", "content": "写一首关于春天的诗"}
    ],
    "stream": true
  }'
