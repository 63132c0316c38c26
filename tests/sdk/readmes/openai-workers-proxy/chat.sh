curl PORTOLAN_URL/?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "model": "gpt-3.5-turbo",
  "messages": [
    {
      "role": "user",
      "content": "Hello, how are you?"
    }
  ],
  "temperature": 0.7,
  "max_tokens": 1000,
  "stream": false
}'
