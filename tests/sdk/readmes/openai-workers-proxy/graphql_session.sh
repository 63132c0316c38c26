curl PORTOLAN_URL/graphql?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "query": "mutation CreateSession { createSession { sessionId success } }"
}'
