curl PORTOLAN_URL/graphql?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "query": "query ChatHistory($sessionId: String) { chatHistory(sessionId: $sessionId) { id content isUser timestamp } }"
}'
