curl PORTOLAN_URL/?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "action": "generate-image",
  "prompt": "A cat sitting on a rainbow"
}'
