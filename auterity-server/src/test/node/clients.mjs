// The Node clients of OpenAI and Anthropic, unchanged, against a gateway: node clients.mjs URL KEY POOR NARROW, where POOR is a
// key with too little money, and NARROW one that may ask anthropic/claude twice a minute, half of which has passed
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const [url, apiKey, poor, narrow] = process.argv.slice(2);
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

const answered = await openai.chat.completions.create({
  model: 'gpt', tools, messages: [
    ...messages,
    {role: 'assistant', tool_calls: [{id: 'c1', type: 'function', function: {name: 'look', arguments: '{"at":1}'}}]},
    {role: 'tool', tool_call_id: 'c1', content: 'a cat'},
  ]});
assert.equal(answered.choices[0].message.content, 'hi');

// the tools of Anthropic's client, at a provider of either interface
const look = [{name: 'look', description: 'Looks.', input_schema: {type: 'object', properties: {at: {type: 'integer'}}}}];
for (const model of ['anthropic/claude', 'openai/gpt']) {
  const ask = {model, max_tokens: 50, messages, tools: look, tool_choice: {type: 'any'}};
  const streamed = await anthropic.messages.stream(ask).finalMessage();
  for (const message of [await anthropic.messages.create(ask), streamed]) {
    assert.equal(message.stop_reason, 'tool_use');
    const use = message.content.find(block => block.type === 'tool_use');
    assert.equal(use.name, 'look');
    assert.deepEqual(use.input, {at: 1});
  }
  const told = await anthropic.messages.create({...ask, tool_choice: {type: 'auto'}, messages: [
    ...messages,
    {role: 'assistant', content: streamed.content},
    {role: 'user', content: [{type: 'tool_result', tool_use_id: streamed.content.find(block => block.type === 'tool_use').id,
      content: 'a cat'}]},
  ]});
  assert.equal(told.content[0].text, 'hi');
}

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

// tools over responses
const functions = [{type: 'function', name: 'look', strict: false, parameters: {type: 'object'}}];
const question = {model: 'gpt', input: [{role: 'user', content: 'hello'}], tools: functions};
const calling = await openai.responses.create(question);
const call = calling.output.find(item => item.type === 'function_call');
assert.deepEqual([call.name, call.call_id, JSON.parse(call.arguments)], ['look', 'c1', {at: 1}]);
const final = await openai.responses.stream(question).finalResponse();
assert.deepEqual(JSON.parse(final.output[0].arguments), {at: 1});
const seen = await openai.responses.create({...question, input: [
  ...question.input, call, {type: 'function_call_output', call_id: call.call_id, output: 'a cat'}]});
assert.equal(seen.output_text, 'hi');

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

// too little money: 402
const poorOpenAi = new OpenAI({baseURL: `${url}/v1`, apiKey: poor, maxRetries: 0});
const poorAnthropic = new Anthropic({baseURL: url, apiKey: poor, maxRetries: 0});
for (const refused of [
  () => poorOpenAi.chat.completions.create({model: 'gpt', messages}),
  () => poorOpenAi.chat.completions.create({model: 'gpt', messages, stream: true}),
  () => poorOpenAi.responses.create({model: 'gpt', input: 'hello'}),
]) {
  await assert.rejects(refused, error => error instanceof OpenAI.APIError && error.status === 402
      && error.code === 'budget_exceeded' && /leaves/.test(error.message));
}
await assert.rejects(
    poorAnthropic.messages.create({model: 'claude', max_tokens: 50, messages}),
    error => error instanceof Anthropic.APIError && error.status === 402
        && error.error.type === 'error' && error.error.error.type === 'billing_error' && /leaves/.test(error.message));

// too many requests: 429, and when to come back
const narrowOpenAi = new OpenAI({baseURL: `${url}/v1`, apiKey: narrow, maxRetries: 0});
const narrowAnthropic = new Anthropic({baseURL: url, apiKey: narrow, maxRetries: 0});
await narrowOpenAi.chat.completions.create({model: 'claude', messages});
await narrowAnthropic.messages.create({model: 'claude', max_tokens: 50, messages});
await assert.rejects(
    narrowOpenAi.chat.completions.create({model: 'claude', messages}),
    error => error instanceof OpenAI.RateLimitError && error.headers.get('retry-after') === '30');
await assert.rejects(
    narrowAnthropic.messages.create({model: 'claude', max_tokens: 50, messages}),
    error => error instanceof Anthropic.RateLimitError && error.headers.get('retry-after') === '30'
        && error.error.error.type === 'rate_limit_error');

console.log('all answered');
