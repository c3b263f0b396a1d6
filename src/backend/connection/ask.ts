import type { Backend } from '../settings.ts'

/** Whether the provider takes a key: it is asked for the balance, which every key may read. */
export async function testConnection(
  { stripeApi }: Pick<Backend, 'stripeApi'>,
  key: string,
): Promise<'connected' | 'refused' | 'unreachable'> {
  if (!stripeApi) return 'unreachable'
  try {
    await stripeApi.fetchBalance(key)
    return 'connected'
  } catch (error) {
    const { statusCode = 0 } = error as { statusCode?: number }
    return statusCode === 401 || statusCode === 403 ? 'refused' : 'unreachable'
  }
}
