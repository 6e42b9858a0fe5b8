import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { type ReactNode, Suspense } from 'react';
import { useSession } from '../app-context.js';
import { AppearanceSection } from '../features/settings/appearance-section.js';
import { EditorSection } from '../features/settings/editor-section.js';
import { EmailSection } from '../features/settings/email-section.js';
import { LanguageSection } from '../features/settings/language-section.js';
import { NotificationSection } from '../features/settings/notification-section.js';
import { PasswordSection } from '../features/settings/password-section.js';
import { ProfileSection } from '../features/settings/profile-section.js';
import { SessionsSection } from '../features/settings/sessions-section.js';
import { ShortcutSheet } from '../features/shell/shortcut-sheet.js';
import { lazyPart } from '../lib/lazy-part.js';
import { PageTitle } from '../ui/page-title.js';
import { Skeleton } from '../ui/states.js';

const DataSections = lazyPart(
  'DataSections',
  () => import('../features/settings/data-sections.js'),
);

const ProgramSections = lazyPart(
  'ProgramSections',
  () => import('../features/settings/program-sections.js'),
);

const MyPlanSections = lazyPart('MyPlanSections', () => import('./membership.js'));

interface PageProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

/** One page of the settings; on a phone with the way back to their list. */
function Page({ title, lead, children }: PageProps) {
  return (
    <div className="min-w-0 flex-1 overflow-y-auto" data-scroll-restoration-id="settings">
      <div className="mx-auto w-full max-w-2xl px-4 pb-24 md:px-10 md:pt-12">
        <header className="flex min-h-14 items-center gap-1 md:mb-8 md:block md:min-h-0">
          <Link
            to="/settings"
            aria-label={m.settings_back()}
            className="-ms-2 grid size-11 shrink-0 place-items-center rounded-lg text-ink-3 hover:bg-hover md:hidden"
          >
            <ChevronLeft aria-hidden className="size-5" />
          </Link>
          <PageTitle
            title={title}
            className="min-w-0 truncate text-[1.0625rem] font-semibold md:text-[1.375rem]"
          />
          {lead && <p className="mt-1 text-sm text-ink-3 max-md:hidden">{lead}</p>}
        </header>
        {lead && <p className="mb-6 text-sm text-ink-3 md:hidden">{lead}</p>}
        <div className="grid gap-12">{children}</div>
      </div>
    </div>
  );
}

/** A page of the account, which only the server knows. */
function AccountPage({ children, ...page }: PageProps) {
  const session = useSession();
  const isUnknown = session.status === 'signed-in' && session.isFromDevice;
  return <Page {...page}>{isUnknown ? <p role="status">{m.error_network()}</p> : children}</Page>;
}

export const ProfilePage = () => (
  <AccountPage title={m.settings_profile()} lead={m.settings_profile_hint()}>
    <ProfileSection />
    <EmailSection />
    <NotificationSection />
  </AccountPage>
);

export const SecurityPage = () => (
  <AccountPage title={m.settings_security()}>
    <PasswordSection />
    <SessionsSection />
  </AccountPage>
);

export const KeysPage = () => (
  <AccountPage title={m.settings_keys()}>
    <Suspense fallback={<Skeleton className="h-40 w-full" />}>
      <ProgramSections />
    </Suspense>
  </AccountPage>
);

export const LanguagePage = () => (
  <AccountPage title={m.settings_language()} lead={m.settings_with_account()}>
    <LanguageSection />
  </AccountPage>
);

export const PlanPage = () => (
  <AccountPage title={m.settings_plan()}>
    <Suspense fallback={<Skeleton className="h-40 w-full" />}>
      <MyPlanSections />
    </Suspense>
  </AccountPage>
);

export const DataPage = () => (
  <AccountPage title={m.settings_data()}>
    <Suspense fallback={<Skeleton className="h-40 w-full" />}>
      <DataSections />
    </Suspense>
  </AccountPage>
);

export const AppearancePage = () => (
  <Page title={m.settings_appearance()} lead={m.settings_on_device()}>
    <AppearanceSection />
  </Page>
);

export const EditorPage = () => (
  <Page title={m.settings_editor()} lead={m.settings_on_device()}>
    <EditorSection />
  </Page>
);

export const ShortcutsPage = () => (
  <Page title={m.shortcuts_title()}>
    <ShortcutSheet />
  </Page>
);
