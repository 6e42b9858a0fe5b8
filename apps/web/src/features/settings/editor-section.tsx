import { m } from '@ainotebook/messages';
import { usePreferences } from '../../lib/preferences.js';
import { Switch } from '../../ui/switch.js';
import { keepPreference, SavedTick } from './saved-tick.js';

/** How writing and its keys behave on this device. */
export function EditorSection() {
  const { hasRichEditor, hasSpellCheck, isFocusedAtFirst, hasSingleKeys } = usePreferences();
  return (
    <div className="grid gap-6">
      <Switch
        label={m.settings_rich()}
        hint={m.settings_rich_hint()}
        isOn={hasRichEditor}
        onChange={(isOn) => keepPreference({ hasRichEditor: isOn })}
        aside={<SavedTick name="hasRichEditor" />}
      />
      <Switch
        label={m.settings_spell_check()}
        hint={m.settings_spell_check_hint()}
        isOn={hasSpellCheck}
        onChange={(isOn) => keepPreference({ hasSpellCheck: isOn })}
        aside={<SavedTick name="hasSpellCheck" />}
      />
      <Switch
        label={m.settings_focus_first()}
        hint={m.settings_focus_first_hint()}
        isOn={isFocusedAtFirst}
        onChange={(isOn) => keepPreference({ isFocusedAtFirst: isOn })}
        aside={<SavedTick name="isFocusedAtFirst" />}
      />
      <Switch
        label={m.shortcuts_single()}
        hint={m.shortcuts_single_hint()}
        isOn={hasSingleKeys}
        onChange={(isOn) => keepPreference({ hasSingleKeys: isOn })}
        aside={<SavedTick name="hasSingleKeys" />}
      />
    </div>
  );
}
