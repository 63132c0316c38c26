import requests
import json

url = "PORTOLAN_URL/v1/chat/completions"
headers = {
    "Authorization": "Bearer PORTOLAN_KEY",
    "Content-Type": "application/json"
}
data = {
    "model": "iflow",
    "messages": [
        {"role": "user", "content": "你好，请问你是谁？"}
    ],
    "stream": True
}

response = requests.post(url, headers=headers, json=data, stream=True)

for line in response.iter_lines():
    if line:
        line = line.decode('utf-8')
        if line.startswith('data: '):
            data = line[6:]
            if data != '[DONE]':
                try:
                    chunk = json.loads(data)
                    content = chunk['choices'][0]['delta'].get('content', '')
                    if content:
                        print(content, end='', flush=True)
                except json.JSONDecodeError:
                    pass
print()
