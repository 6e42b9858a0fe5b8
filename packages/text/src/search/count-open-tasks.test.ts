import { describe, expect, it } from 'vitest';
import { countOpenTasks } from './count-open-tasks.js';

describe('countOpenTasks', () => {
  it('counts tasks of every list, nested and quoted, and not those that are done', () => {
    const text = '- [ ] tea\n  - [x] pot\n  1. [ ] cups\n> * [ ] guests\r\n+ [ ] 买茶\n2) [X] 完';
    expect(countOpenTasks(text)).toBe(4);
  });

  it('sees none in code, in empty boxes and in the middle of a line', () => {
    const code = '```md\n- [ ] example\n```\n~~~\n```\n- [ ] still code\n~~~';
    expect(countOpenTasks(`${code}\n- [ ]\nsee - [ ] here\n[ ] no list`)).toBe(0);
  });
});
