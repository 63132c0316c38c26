const response = await fetch('PORTOLAN_URL/v1/chat/completions', {
  method: 'POST',
  headers: {
    'Authorization': 'Bearer PORTOLAN_KEY',
    'Content-Type': 'application/json'
  },
  body: JSON.stringify({
    model: 'deepseek-ai/DeepSeek-V3.1',
    messages: [
      { role: 'user', content: 'Hello, how are you?' }
    ],
    stream: false
  })
});

const data = await response.json();
console.log(data.choices[0].message.content);
