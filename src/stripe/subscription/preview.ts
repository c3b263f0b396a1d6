import type { Context } from '../define.ts'
export function createPreview(ctx: Context, params: object): object {
  return { ...params, now: ctx.now }
}
