const response = await fetch('PORTOLAN_URL/?key=PORTOLAN_KEY', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'x-openai-key': 'your-api-key-here' // 本地开发用
  },
  body: JSON.stringify({
    prompt: "A test image"
  })
});
console.log(response.status, await response.text());
