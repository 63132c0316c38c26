curl PORTOLAN_URL/graphql?key=PORTOLAN_KEY -H "Content-Type: application/json" -d '
{
  "query": "mutation GenerateImage($input: ImageInput!) { generateImage(input: $input) { id prompt images { url } model size quality style timestamp success error } }",
  "variables": {
    "input": {
      "prompt": "A futuristic city with flying cars",
      "model": "dall-e-3",
      "size": "1024x1024",
      "quality": "hd",
      "style": "vivid"
    }
  }
}'
