curl PORTOLAN_URL/images/generations?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "prompt": "A beautiful sunset over the ocean with palm trees",
  "model": "dall-e-3",
  "n": 1,
  "size": "1024x1024",
  "quality": "standard",
  "style": "vivid",
  "response_format": "url"
}'
