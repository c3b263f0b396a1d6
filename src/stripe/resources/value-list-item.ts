import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'

/** What the values of a kind of list look like. */
const forms: Record<string, RegExp> = {
  card_bin: /^\d{6,8}$/,
  country: /^[A-Z]{2}$/,
  email: /^[^@\s]+@[^@\s]+$/,
  ip_address: /^[0-9a-fA-F.:]{3,45}(\/\d{1,3})?$/,
  customer_id: /^cus_\w+$/,
}

/** Source: docs.stripe.com/api/radar/value_list_items. */
export const valueListItems = defineResource({
  object: 'radar.value_list_item',
  indexes: ['value_list', 'value'],

  create(ctx) {
    const { id, params, tables } = ctx
    const list = tables['radar.value_list'].need(params.value_list, 'value_list')
    const form = forms[list.item_type]
    if (form && !form.test(params.value))
      throw stripeError(400, undefined, `Invalid value: "${params.value}" is not a valid ${list.item_type}.`, 'value')
    const others = tables['radar.value_list_item'].by('value_list', list.id)
    if (others.some((item) => item.value === params.value && item.id !== id))
      throw stripeError(400, undefined, `The value "${params.value}" is already in this list.`, 'value')
    return { created_by: 'API' }
  },
})
