import type { Status, Verdict } from '../../kernel/record.ts'
import { statusWord } from '../outcome.ts'
import { html, type Markup } from './markup.ts'

type Tone = 'pass' | 'fail' | 'warn' | 'waived' | 'idle'

const tones: Record<string, Tone> = {
  PASS: 'pass',
  FAIL: 'fail',
  ERROR: 'warn',
  NO_DATA: 'warn',
  STALE: 'warn',
  WAIVED: 'waived',
}

/** The family of colours that a status belongs to. */
export const toneOf = (status: Status | Verdict): Tone => tones[status] ?? 'idle'

/** One shape per status on a 16 by 16 grid, so that a mark is told apart without its colour. */
const shapes: Record<string, string> = {
  PASS: 'M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm3.6 4.6L6.9 9.5 4.4 7.2 3.1 8.7l3.9 3.6 6.1-6.3Z',
  FAIL: 'M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7Zm.9 4.2L4.2 5.6 6.6 8l-2.4 2.4 1.4 1.4L8 9.4l2.4 2.4 1.4-1.4L9.4 8l2.4-2.4-1.4-1.4L8 6.6Z',
  ERROR: 'M8 .6 16 15H0Zm-1 5v4.6h2V5.6Zm0 6v1.9h2v-1.9Z',
  NO_DATA:
    'M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm0 2a6 6 0 0 0-4.7 9.7l8.4-8.4A6 6 0 0 0 8 2Zm4.7 2.3-8.4 8.4a6 6 0 0 0 8.4-8.4Z',
  STALE: 'M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0ZM7 3v5.6l3.8 2.3 1-1.7L9 7.5V3Z',
  WAIVED: 'M8 0l7 2.6V8c0 4-3 6.8-7 8-4-1.2-7-4-7-8V2.6ZM4.5 7v2h7V7Z',
  BLOCKED: 'M2 0h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H2a2 2 0 0 1-2-2V2a2 2 0 0 1 2-2Zm2 7v2h8V7Z',
  INCOMPLETE: 'M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm0 2v12a6 6 0 0 0 0-12Z',
}
const otherShape = 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm0 2a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z'

/** Only the shape, for places where the word stands beside it. */
export const statusIcon = (status: Status | Verdict): Markup =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path fill="currentColor" fill-rule="evenodd" d="${shapes[status] ?? otherShape}"/></svg>`

/** Shape and word. */
export const statusMark = (status: Status | Verdict): Markup =>
  html`<span class="mark ${toneOf(status)}">${statusIcon(status)}<span>${statusWord(status)}</span></span>`
