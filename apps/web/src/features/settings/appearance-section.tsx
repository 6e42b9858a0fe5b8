import { m } from '@ainotebook/messages';
import { Monitor, Moon, Sun } from 'lucide-react';
import { usePreferences } from '../../lib/preferences.js';
import { setTheme, useTheme } from '../../lib/theme.js';
import { Choice } from '../../ui/choice.js';
import { keepPreference, markSaved, SavedTick } from './saved-tick.js';

/** Looks of this device: colours, letters, measures. */
export function AppearanceSection() {
  const theme = useTheme();
  const { font, fontSize, readingWidth, density } = usePreferences();
  return (
    <div className="grid gap-6">
      <Choice
        layout="row"
        label={m.settings_theme()}
        aside={<SavedTick name="theme" />}
        value={theme}
        onChange={(next) => {
          setTheme(next);
          markSaved('theme');
        }}
        options={[
          { value: 'system', label: m.theme_system(), icon: <Monitor aria-hidden /> },
          { value: 'light', label: m.theme_light(), icon: <Sun aria-hidden /> },
          { value: 'dark', label: m.theme_dark(), icon: <Moon aria-hidden /> },
        ]}
      />
      {/* A finger needs its room: phones have one density. */}
      <div className="max-md:hidden">
        <Choice
          layout="row"
          label={m.settings_density()}
          aside={<SavedTick name="density" />}
          value={density}
          onChange={(next) => keepPreference({ density: next })}
          options={[
            { value: 'comfortable', label: m.settings_density_comfortable() },
            { value: 'compact', label: m.settings_density_compact() },
          ]}
        />
      </div>
      <h2 className="mt-4 border-b border-line pb-3 text-base font-semibold">
        {m.settings_reading()}
      </h2>
      <Sample />
      <Choice
        layout="row"
        label={m.settings_font()}
        aside={<SavedTick name="font" />}
        value={font}
        onChange={(next) => keepPreference({ font: next })}
        options={[
          { value: 'sans', label: m.settings_font_sans() },
          { value: 'serif', label: m.settings_font_serif() },
        ]}
      />
      <Choice
        layout="row"
        label={m.settings_font_size()}
        aside={<SavedTick name="fontSize" />}
        value={fontSize}
        onChange={(next) => keepPreference({ fontSize: next })}
        options={[
          { value: 'small', label: m.settings_font_size_small() },
          { value: 'normal', label: m.settings_font_size_normal() },
          { value: 'large', label: m.settings_font_size_large() },
          { value: 'larger', label: m.settings_font_size_larger() },
        ]}
      />
      <Choice
        layout="row"
        label={m.settings_width()}
        aside={<SavedTick name="readingWidth" />}
        value={readingWidth}
        onChange={(next) => keepPreference({ readingWidth: next })}
        options={[
          { value: 'narrow', label: m.settings_width_narrow() },
          { value: 'normal', label: m.settings_width_normal() },
          { value: 'wide', label: m.settings_width_wide() },
        ]}
      />
    </div>
  );
}

/** Some lines in the chosen letters, so that nobody has to open a note to see them. */
function Sample() {
  return (
    <figure
      aria-label={m.settings_sample_label()}
      className="overflow-hidden rounded-xl border border-line bg-paper px-5 py-4 shadow-card"
    >
      <div className="prose">
        <p>
          <strong>{m.settings_sample_title()}</strong>
        </p>
        <p>{m.settings_sample_text()}</p>
      </div>
    </figure>
  );
}
