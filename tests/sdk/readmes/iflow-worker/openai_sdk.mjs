import OpenAI from 'openai';

const openai = new OpenAI({
  baseURL: 'PORTOLAN_URL/v1',
  apiKey: 'PORTOLAN_KEY',
});

const response = await openai.chat.completions.create({
  model: 'glm-4.7',
  messages: [{ role: 'user', content: '你好' }],
});

console.log(response.choices[0].message.content);
