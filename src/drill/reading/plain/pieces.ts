/** What a plain dump falls into. Buffers are views of the chunks that came in: use or copy them before the next push. */
export type Piece = StatementPiece | MetaPiece | CommentPiece | RowsPiece | CopyEndPiece | OpenPiece

export interface StatementPiece {
  kind: 'statement'
  bytes: Buffer
  /** Line of its first byte, from 1. */
  line: number
  /** Rows follow: `COPY … FROM stdin`. */
  copy: boolean
  /** Longer than the splitter keeps: `bytes` is only its beginning. */
  cut: boolean
  /** The file ended before a semicolon did; psql runs it all the same. */
  unterminated: boolean
}

/** A backslash command of psql, to the end of its line. */
export interface MetaPiece {
  kind: 'meta'
  text: string
  line: number
  /** `\copy … from stdin`: rows follow. */
  copy: boolean
}

/** A `--` comment between statements: pg_dump says there where it begins, ends and what comes. */
export interface CommentPiece {
  kind: 'comment'
  text: string
  line: number
}

/** Rows of a COPY, or a part of them; line ends are LF. */
export interface RowsPiece {
  kind: 'rows'
  bytes: Buffer
  /** Line of the first byte. */
  line: number
  /** Ends of line in it. */
  lines: number
  /** Where the bytes stand in the text that was split, from 0; undefined where they are not as they stand there (CRLF). */
  at: number | undefined
}

export interface CopyEndPiece {
  kind: 'copyEnd'
  line: number
}

/** The file ended inside something. */
export interface OpenPiece {
  kind: 'open'
  inside: 'copy' | 'string' | 'name' | 'dollar' | 'comment'
  line: number
  /** Beginning of the statement it is in. */
  bytes: Buffer
}
