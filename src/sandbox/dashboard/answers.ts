import type { HttpAnswer } from '../../stripe/http.ts'

export interface KeptAnswer {
  contentType: string
  /** The beginning of the body; undefined where it is not text. */
  text?: string
  /** Bytes of the whole body. */
  size: number
}

/** What went back for the latest requests, by request id: the journal of an account keeps decisions, not bodies. */
export interface Answers {
  add(answer: HttpAnswer): void
  of(request: string): KeptAnswer | undefined
}

/** Keeps at most `most` answers and `mostText` characters of all together, the latest ones. */
export function createAnswers({ most = 2000, longest = 64 * 1024, mostText = 16 * 1024 * 1024 } = {}): Answers {
  const kept = new Map<string, KeptAnswer>()
  let total = 0

  function drop(id: string, answer: KeptAnswer): void {
    kept.delete(id)
    total -= answer.text?.length ?? 0
  }

  return {
    add({ headers, body }) {
      const id = headers['request-id']
      if (id === undefined) return
      const known = kept.get(id)
      if (known) drop(id, known)
      const contentType = headers['content-type'] ?? ''
      const text = beginning(body, contentType, longest)
      const answer: KeptAnswer = { contentType, size: body.length, ...(text !== undefined && { text }) }
      kept.set(id, answer)
      total += answer.text?.length ?? 0
      for (const [oldest, dropped] of kept) {
        if (kept.size <= most && total <= mostText) return
        drop(oldest, dropped)
      }
    },
    of: (request) => kept.get(request),
  }
}

/** JSON may come as bytes; other bytes are no text. */
function beginning(body: string | Uint8Array, contentType: string, longest: number): string | undefined {
  if (typeof body === 'string') return body.slice(0, longest)
  if (!contentType.startsWith('application/json')) return undefined
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.length, longest)).toString('utf8')
}
