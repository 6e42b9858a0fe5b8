import { m } from '@ainotebook/messages';
import { AccountSection } from '../features/settings/account-section.js';
import { AppearanceSection } from '../features/settings/appearance-section.js';
import { EmailSection } from '../features/settings/email-section.js';
import { NotificationSection } from '../features/settings/notification-section.js';
import { PasswordSection } from '../features/settings/password-section.js';
import { ProfileSection } from '../features/settings/profile-section.js';
import { SessionsSection } from '../features/settings/sessions-section.js';
import { ScreenHeader } from '../features/shell/screen-header.js';

export function SettingsScreen() {
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_settings()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid w-full max-w-2xl gap-12 px-5 pt-3 pb-24 md:px-8">
          <AppearanceSection />
          <ProfileSection />
          <EmailSection />
          <NotificationSection />
          <PasswordSection />
          <SessionsSection />
          <AccountSection />
        </div>
      </div>
    </div>
  );
}
