import { createArticleInput, slugSchema } from '@ainotebook/contract';
import { renderMarkdown } from '@ainotebook/text/html';
import { describe, expect, it } from 'vitest';
import { readDemoArticles } from './demo-articles.js';

const articles = readDemoArticles();

describe('the articles of the demo', () => {
  it('are about thirty, in both languages, some published', () => {
    expect(articles.length).toBeGreaterThanOrEqual(28);
    expect(articles.filter(({ key }) => key.startsWith('en/')).length).toBeGreaterThanOrEqual(12);
    expect(articles.filter(({ slug }) => slug !== null).length).toBeGreaterThanOrEqual(10);
    expect(articles.filter(({ isPinned }) => isPinned)).toHaveLength(2);
    expect(articles.some(({ notebook }) => notebook.length > 1)).toBe(true);
  });

  it.each(articles.map((article) => [article.key, article] as const))(
    '%s is fit to keep',
    (_, article) => {
      const { title, content, tags, slug } = article;
      createArticleInput.parse({ title, content, tags });
      if (slug !== null) slugSchema.parse(slug);
      expect(content.length).toBeGreaterThan(300);
      expect(content.length).toBeLessThan(2500);
      expect(tags.length).toBeGreaterThan(0);
      // Rendered as Markdown, not shown as its source.
      expect(renderMarkdown(content).html).not.toContain('plain-source');
    },
  );

  it('have names and addresses of their own', () => {
    const slugs = articles.flatMap(({ slug }) => slug ?? []);
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(new Set(articles.map(({ title }) => title)).size).toBe(articles.length);
  });
});
