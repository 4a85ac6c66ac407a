// The form of one call: typed here, kept on this computer at once, and saved to the gateway a little later.
import { computed, onBeforeUnmount, reactive, ref, watch } from 'vue'
import { DraftKeeper, localStorageOrNull } from './draft'
import type { DeskCall } from './generated/protocol'
import { Cmd } from './lib/protocol'
import { explain, useDesk } from './stores/desk'

export type Saving = 'none' | 'saving' | 'saved' | 'local' | 'failed'

const saveAfter = 800
export const legalChannel = 'legal_channel'

export function useWrapUp(call: () => DeskCall | null) {
  const desk = useDesk()
  const keeper = new DraftKeeper(localStorageOrNull())
  const form = reactive({ disposition: '', note: '', scope: '' })
  const saving = ref<Saving>('none')
  const savedAt = ref(0)
  const failure = ref('')
  const volatile = ref(false) // nothing typed would survive a reload
  const finishing = computed(() => desk.busy.has(Cmd.finish))
  let timer: ReturnType<typeof setTimeout> | undefined
  let version = 0 // grows with every edit
  let dirty = false

  keeper.prune(Date.now())

  watch(() => call()?.id ?? '', load, { immediate: true })
  watch(() => `${call()?.disposition}\n${call()?.scope}\n${call()?.note}`, adopt)
  watch(
    () => desk.live,
    (live) => live && dirty && schedule(0),
  )
  onBeforeUnmount(() => clearTimeout(timer))

  function load(id: string, before?: string) {
    clearTimeout(timer)
    if (before && !dirty) keeper.remove(before)
    const now = call()
    const draft = id ? keeper.load(id) : null
    dirty = draft?.dirty === true
    form.disposition = (dirty ? draft?.disposition : now?.disposition) ?? ''
    form.note = (dirty ? draft?.note : now?.note) ?? ''
    form.scope = (dirty ? draft?.scope : now?.scope) ?? ''
    saving.value = 'none'
    failure.value = ''
    if (dirty) schedule(0)
  }

  // What another place saved for this call is taken over unless something is being typed here.
  function adopt() {
    const now = call()
    if (!now || dirty) return
    form.disposition = now.disposition
    form.note = now.note
    form.scope = now.scope
  }

  function edited() {
    const id = call()?.id
    if (!id) return
    version++
    dirty = true
    keep(id)
    schedule(saveAfter)
  }

  function keep(id: string) {
    volatile.value = !keeper.save(id, { ...form, dirty, at: Date.now() })
  }

  function schedule(after: number) {
    clearTimeout(timer)
    saving.value = desk.live ? 'saving' : 'local'
    timer = setTimeout(() => void save(), after)
  }

  async function save() {
    const now = call()
    if (!now || !dirty || now.phase === 'ringing') return
    if (!desk.live) {
      saving.value = 'local'
      return
    }
    const sent = version
    try {
      await desk.attempt(Cmd.save, written(), now.id)
      if (sent === version && call()?.id === now.id) saved(now.id)
    } catch (error) {
      if (call()?.id !== now.id) return
      saving.value = 'failed'
      failure.value = explain(error)
    }
  }

  // Only 告知法定途径 says which matter is not accepted.
  function written() {
    const { disposition, note, scope } = form
    return disposition === legalChannel && scope ? { disposition, note, scope } : { disposition, note }
  }

  function saved(id: string) {
    dirty = false
    keep(id)
    saving.value = 'saved'
    savedAt.value = desk.now
  }

  async function finish() {
    const id = call()?.id
    if (!id || finishing.value) return
    clearTimeout(timer)
    if (await desk.send(Cmd.finish, written(), id)) {
      dirty = false
      keeper.remove(id)
    } else if (dirty && call()?.id === id) {
      schedule(saveAfter)
    }
  }

  return { form, saving, savedAt, failure, volatile, finishing, edited, finish }
}
