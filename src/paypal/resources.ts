import type { PayPalKind } from './types.ts'

export interface Resource {
  readonly id: string
  readonly [field: string]: unknown
}

export interface Link {
  href: string
  rel: string
  method: string
}

/** What PayPal knows: the facts that were put there and what the backend did. */
export class Resources {
  private readonly tables = new Map<PayPalKind, Map<string, Resource>>()

  put(kind: PayPalKind, resource: Resource): void {
    this.table(kind).set(resource.id, resource)
  }

  patch(kind: PayPalKind, id: string, fields: object): void {
    const current = this.table(kind).get(id)
    if (current) this.put(kind, { ...current, ...fields })
  }

  get(kind: PayPalKind, id: string): Resource | undefined {
    return this.table(kind).get(id)
  }

  list(kind: PayPalKind): Resource[] {
    return [...this.table(kind).values()]
  }

  private table(kind: PayPalKind): Map<string, Resource> {
    const known = this.tables.get(kind)
    if (known) return known
    const made = new Map<string, Resource>()
    this.tables.set(kind, made)
    return made
  }
}

const alphabet = '0123456789ABCDEFGHJKLMNPRSTUVWXY'

/** An id as PayPal gives them: 17 characters. `draw` gives numbers in [0, 1). */
export const paypalId = (draw: () => number): string =>
  Array.from({ length: 17 }, () => alphabet[Math.floor(draw() * alphabet.length)]).join('')
