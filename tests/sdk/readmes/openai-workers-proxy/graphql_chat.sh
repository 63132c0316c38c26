curl PORTOLAN_URL/graphql?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "query": "mutation GetAIResponse($input: ChatInput!) { getAIResponse(input: $input) { id content isUser timestamp success error } }",
  "variables": {
    "input": {
      "model": "gpt-3.5-turbo",
      "messages": [
        { "role": "user", "content": "Hello!" }
      ],
      "temperature": 0.7,
      "max_tokens": 1000
    }
  }
}'
