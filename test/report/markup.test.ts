import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodePath, html, link, safeHref } from '../../src/report/html/markup.ts'

test('a template escapes what is put into it, keeps markup and leaves nothing for false', () => {
  const inner = html`<b>${'<i>&"\''}</b>`

  assert.equal(html`${inner}${[1, inner]}${false}${undefined}`.markup.replaceAll(inner.markup, 'I'), 'I1I')
  assert.equal(inner.markup, '<b>&#60;i&#62;&amp;&#34;&#39;</b>')
})

test('an attribute cannot be left by its value', () => {
  assert.equal(html`<a title="${'" onclick="x\n'}">`.markup, '<a title="&#34; onclick=&#34;x&#10;">')
})

test('links lead to https or to a relative file, everything else is plain text', () => {
  const good = ['https://example.com/a?b=1#c', 'gate-a.html#check-x', '../../qa/a/tests.txt', '#main', 'a%20b.txt']
  const bad = [
    'http://example.com',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/etc/passwd',
    'vbscript:x',
    '',
  ]

  for (const target of good) assert.equal(safeHref(target), target)
  for (const target of bad) assert.equal(safeHref(target), undefined, target)
  assert.equal(link('javascript:alert(1)', 'x').markup, '<span>x</span>')
})

test('a path stays in its folder and is encoded by segment', () => {
  assert.equal(encodePath('evidence/a b#?.json'), 'evidence/a%20b%23%3F.json')
  for (const path of ['../x', 'a/../../x', '/etc/x', 'javascript:x', 'C:/x']) assert.equal(encodePath(path), undefined)
})
