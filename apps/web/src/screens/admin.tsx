import { m } from '@ainotebook/messages';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import { InvitationsTab } from '../features/admin/invitations-tab.js';
import { JobsTab } from '../features/admin/jobs-tab.js';
import { ReportsTab } from '../features/admin/reports-tab.js';
import { SiteTab } from '../features/admin/site-tab.js';
import { UsersTab } from '../features/admin/users-tab.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { lazyPart } from '../lib/lazy-part.js';
import { Skeleton } from '../ui/states.js';

const AiTab = lazyPart('AiTab', () => import('../features/admin/ai-tab.js'));
const ServerTab = lazyPart('ServerTab', () => import('../features/admin/server-tab.js'));
const loadShop = () => import('./admin-shop.js');
const PlansTab = lazyPart('PlansTab', loadShop);
const OrdersTab = lazyPart('OrdersTab', loadShop);
const InvoicesTab = lazyPart('InvoicesTab', loadShop);
const CodesTab = lazyPart('CodesTab', loadShop);
const RevenueTab = lazyPart('RevenueTab', loadShop);
const GrantsDialog = lazyPart('GrantsDialog', loadShop);

const route = getRouteApi('/member/admin');

export function AdminScreen() {
  const { tab } = route.useSearch();
  const tabs = [
    { tab: undefined, label: m.admin_users() },
    { tab: 'invitations', label: m.admin_invitations() },
    { tab: 'reports', label: m.admin_reports() },
    { tab: 'plans', label: m.admin_plans() },
    { tab: 'orders', label: m.admin_orders() },
    { tab: 'invoices', label: m.admin_invoices() },
    { tab: 'codes', label: m.admin_codes() },
    { tab: 'revenue', label: m.admin_revenue() },
    { tab: 'jobs', label: m.admin_jobs() },
    { tab: 'ai', label: m.admin_ai() },
    { tab: 'server', label: m.admin_server() },
    { tab: 'site', label: m.admin_site() },
  ] as const;
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_admin()} />
      <nav
        aria-label={m.nav_admin()}
        className="flex flex-wrap gap-x-1 border-b border-line px-1.5 md:px-2.5"
      >
        {tabs.map((one) => (
          <Link
            key={one.label}
            to="/admin"
            search={one.tab ? { tab: one.tab } : {}}
            activeOptions={{ exact: true }}
            aria-current={one.tab === tab ? 'page' : undefined}
            className="-mb-px flex h-10 shrink-0 items-center border-b-2 border-transparent px-2.5 text-sm text-ink-2 hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink max-md:h-11"
          >
            {one.label}
          </Link>
        ))}
      </nav>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="w-full max-w-4xl px-4 py-6 md:px-5">
          {tab === undefined && (
            <UsersTab
              grants={({ id, displayName }, onClose) => (
                <Suspense>
                  <GrantsDialog userId={id} name={displayName} onClose={onClose} />
                </Suspense>
              )}
            />
          )}
          {tab === 'invitations' && <InvitationsTab />}
          {tab === 'reports' && <ReportsTab />}
          <Suspense fallback={<Skeleton className="h-40 w-full" />}>
            {tab === 'plans' && <PlansTab />}
            {tab === 'orders' && <OrdersTab />}
            {tab === 'invoices' && <InvoicesTab />}
            {tab === 'codes' && <CodesTab />}
            {tab === 'revenue' && <RevenueTab />}
            {tab === 'ai' && <AiTab />}
            {tab === 'server' && <ServerTab />}
          </Suspense>
          {tab === 'jobs' && <JobsTab />}
          {tab === 'site' && <SiteTab />}
        </div>
      </div>
    </div>
  );
}
