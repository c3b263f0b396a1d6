import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

/** Lists that rules can name: docs.stripe.com/radar/lists. */
export const valueLists = defineResource({
  object: 'radar.value_list',
  indexes: ['alias'],

  create(ctx) {
    const { id, params, tables } = ctx
    if (!/^[a-z0-9_]{1,100}$/.test(params.alias))
      throw stripeError(
        400,
        undefined,
        'Invalid alias: may only contain lowercase letters, numbers and underscores.',
        'alias',
      )
    if (tables['radar.value_list'].by('alias', params.alias).some((list) => list.id !== id))
      throw stripeError(400, undefined, `A value list already exists with the alias "${params.alias}".`, 'alias')
    return {
      created_by: 'API',
      item_type: params.item_type ?? 'string',
      list_items: { object: 'list', data: [], has_more: false, url: `/v1/radar/value_list_items?value_list=${id}` },
      metadata: params.metadata ?? {},
    }
  },

  retrieve({ id, object, tables }) {
    const data = tables['radar.value_list_item'].by('value_list', id).slice(0, 10)
    return { list_items: { ...object.list_items, data } }
  },

  remove({ id, tables }) {
    for (const item of tables['radar.value_list_item'].by('value_list', id))
      tables['radar.value_list_item'].remove(item.id)
  },
})
