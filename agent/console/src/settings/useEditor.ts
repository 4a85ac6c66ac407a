// The form beside a list of settings: which one is open, and what saving and removing do to it.
import { ref, type Ref } from 'vue'
import { s } from '../i18n/settings'
import type { Stored } from './api'
import type { useKind } from './useKind'

interface Named<T> {
  fresh: () => T
  key: (setting: T) => string
  /** title is what a person knows it by, when he is asked whether he is sure. */
  title: (setting: T) => string
}

export function useEditor<T>(kind: ReturnType<typeof useKind<T>>, { fresh, key, title }: Named<T>) {
  const open = ref(null) as Ref<Stored<T> | null>

  function edit(one: Stored<T> | null) {
    kind.problem.value = null
    open.value = one ?? { version: 0, changed_by: '', changed_at: '', setting: fresh() }
  }

  function close() {
    kind.problem.value = null
    open.value = null
  }

  async function save(setting: T, first = false) {
    if (await kind.save(key(setting), open.value!.version, setting, first)) open.value = null
  }

  async function remove() {
    const { setting, version } = open.value!
    if (confirm(s('remove.sure', { name: title(setting) })) && (await kind.remove(key(setting), version))) open.value = null
  }

  return { open, edit, close, save, remove }
}
