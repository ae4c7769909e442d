// The Node clients of OpenAI and Anthropic, unchanged, against a gateway: node clients.mjs URL KEY
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [url, apiKey] = process.argv.slice(2);
const openai = new OpenAI({baseURL: `${url}/v1`, apiKey, maxRetries: 0});
const anthropic = new Anthropic({baseURL: url, apiKey, maxRetries: 0});
const messages = [{role: 'user', content: 'hello'}];

for (const model of ['openai/gpt', 'anthropic/claude']) {
  const {data, response} = await openai.chat.completions.create({model, messages}).withResponse();
  assert.equal(data.choices[0].message.content, 'hi');
  assert.equal(response.headers.get('x-auterity-model'), model);

  let text = '';
  let usage;
  const stream = await openai.chat.completions.create(
      {model, messages, stream: true, stream_options: {include_usage: true}});
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'hi');
  assert.ok(usage.total_tokens > 0);

  const message = await anthropic.messages.create({model, max_tokens: 50, messages});
  assert.equal(message.content[0].text, 'hi');
  assert.ok(message.usage.input_tokens > 0);
  const streamed = await anthropic.messages.stream({model, max_tokens: 50, messages}).finalMessage();
  assert.equal(streamed.content[0].text, 'hi');
  assert.ok(streamed.usage.output_tokens > 0);
}

const tools = [{type: 'function', function: {name: 'look', parameters: {type: 'object'}}}];
const called = await openai.chat.completions.stream({model: 'claude', messages, tools}).finalChatCompletion();
assert.equal(called.choices[0].message.tool_calls[0].function.arguments, '{"at":1}');

const embedded = await openai.embeddings.create({model: 'embed', input: 'hello'});
assert.deepEqual([...embedded.data[0].embedding], [1, 2]);

const responded = await openai.responses.create({model: 'gpt', input: 'hello'});
assert.equal(responded.output_text, 'hi');
const deltas = [];
for await (const event of await openai.responses.create({model: 'gpt', input: 'hello', stream: true})) {
  if (event.type === 'response.output_text.delta') {
    deltas.push(event.delta);
  }
}
assert.deepEqual(deltas, ['hi']);

const counted = await anthropic.messages.countTokens({model: 'claude', messages});
assert.equal(counted.input_tokens, 42);

const ids = [];
for await (const model of openai.models.list()) {
  ids.push(model.id);
}
assert.ok(ids.includes('auto') && ids.includes('openai/gpt'));
assert.equal((await openai.models.retrieve('openai/gpt')).owned_by, 'openai');
assert.ok((await anthropic.models.list()).data.some(model => model.id === 'anthropic/claude'));

await assert.rejects(openai.chat.completions.create({model: 'nobody', messages}), OpenAI.NotFoundError);
await assert.rejects(anthropic.messages.create({model: 'nobody', max_tokens: 5, messages}), Anthropic.NotFoundError);
const stranger = new OpenAI({baseURL: `${url}/v1`, apiKey: 'wrong', maxRetries: 0});
await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
await assert.rejects(
    openai.chat.completions.create({model: 'gpt', messages, n: 2}),
    error => error instanceof OpenAI.BadRequestError && error.param === 'n');

console.log('all answered');
