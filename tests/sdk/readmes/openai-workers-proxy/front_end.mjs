// 聊天功能
async function sendChatMessage(message) {
  const response = await fetch('PORTOLAN_URL/?key=PORTOLAN_KEY', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      model: 'gpt-3.5-turbo',
      messages: [
        { role: 'user', content: message }
      ],
      temperature: 0.7,
      max_tokens: 1000
    })
  });

  const data = await response.json();
  return data.choices[0].message.content;
}

// 图片生成功能
async function generateImage(prompt) {
  const response = await fetch('PORTOLAN_URL/images/generations?key=PORTOLAN_KEY', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({
      prompt: prompt,
      model: 'dall-e-3',
      n: 1,
      size: '1024x1024',
      quality: 'standard',
      style: 'vivid'
    })
  });

  const data = await response.json();
  return data.data[0].url; // 返回图片URL
}

// 使用示例
async function example() {
  // 生成聊天回复
  const reply = await sendChatMessage("What's a good recipe for pasta?");
  console.log('AI Reply:', reply);

  // 生成图片
  const imageUrl = await generateImage("A delicious pasta dish with tomato sauce");
  console.log('Generated Image URL:', imageUrl);
}

await example();
