/** Events of v2 name what happened and to what; `/v2/core/events/{id}` has the details. Their types begin with a version. */
export const isThin = (type: string): boolean => /^v\d+\./.test(type)

/** A thin event as it travels: without its `data`, which only fetching it gives. */
export function thinPayload(event: object): object {
  const { data, ...notification } = event as { data?: unknown }
  return notification
}
