from openai import OpenAI

client = OpenAI(
    base_url='PORTOLAN_URL/v1',
    api_key='PORTOLAN_KEY'
)

response = client.chat.completions.create(
    model='glm-4.7',
    messages=[{'role': 'user', 'content': '你好'}]
)

print(response.choices[0].message.content)
