CREATE SEQUENCE "public"."row_version" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "ai_providers" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"base_url" text NOT NULL,
	"sealed_key" text,
	"key_hint" text,
	"is_enabled" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ai_providers_kind" CHECK ("ai_providers"."kind" in ('ark', 'openai'))
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"prefix" text NOT NULL,
	"scopes" text[] NOT NULL,
	"last_used_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"ver" bigint DEFAULT nextval('row_version') NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "article_tags" (
	"article_id" uuid NOT NULL,
	"tag_id" uuid NOT NULL,
	CONSTRAINT "article_tags_article_id_tag_id_pk" PRIMARY KEY("article_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "articles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"notebook_id" uuid,
	"title" text DEFAULT '' NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"content_hash" text NOT NULL,
	"excerpt" text DEFAULT '' NOT NULL,
	"word_count" integer DEFAULT 0 NOT NULL,
	"open_tasks" integer DEFAULT 0 NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"indexed_revision" integer DEFAULT 0 NOT NULL,
	"is_pinned" boolean DEFAULT false NOT NULL,
	"views" bigint DEFAULT 0 NOT NULL,
	"ai_declared" text,
	"deleted_at" timestamp with time zone,
	"former_notebook" text,
	"ver" bigint DEFAULT nextval('row_version') NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "articles_status" CHECK ("articles"."status" in ('draft', 'published', 'archived')),
	CONSTRAINT "articles_revision" CHECK ("articles"."revision" >= 1),
	CONSTRAINT "articles_ai_declared" CHECK ("articles"."ai_declared" in ('partly', 'mostly'))
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"kind" text NOT NULL,
	"name" text,
	"title" text NOT NULL,
	"content" text NOT NULL,
	"content_hash" text NOT NULL,
	"word_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "saved_prompts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"instruction" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cache_inval" (
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"key" text NOT NULL,
	"ver" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
	"deleted" boolean DEFAULT false NOT NULL,
	"scope" text,
	"is_quiet" boolean DEFAULT false NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "citations" (
	"message_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"article_id" uuid,
	"title" text NOT NULL,
	"heading_path" jsonb NOT NULL,
	"revision" integer NOT NULL,
	"start" integer NOT NULL,
	"end" integer NOT NULL,
	"quote" text NOT NULL,
	"url" text,
	"fetched_at" timestamp with time zone,
	CONSTRAINT "citations_message_id_number_pk" PRIMARY KEY("message_id","number"),
	CONSTRAINT "citations_range" CHECK ("citations"."start" >= 0 and "citations"."end" > "citations"."start")
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"scope" jsonb NOT NULL,
	"is_asked" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"parent_id" uuid,
	"role" text NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"status" text NOT NULL,
	"failure" text,
	"is_stop_wanted" boolean DEFAULT false NOT NULL,
	"alive_at" timestamp with time zone,
	"ahead" integer,
	"receipt" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_alive" CHECK ("messages"."alive_at" is not null or "messages"."status" not in ('waiting', 'writing'))
);
--> statement-breakpoint
CREATE TABLE "export_archives" (
	"export_id" uuid PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"notebook_id" uuid,
	"name" text NOT NULL,
	"job_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exports_kind" CHECK ("exports"."kind" in ('everything', 'notebook', 'account'))
);
--> statement-breakpoint
CREATE TABLE "article_files" (
	"article_id" uuid NOT NULL,
	"file_id" uuid NOT NULL,
	CONSTRAINT "article_files_article_id_file_id_pk" PRIMARY KEY("article_id","file_id")
);
--> statement-breakpoint
CREATE TABLE "blob_variants" (
	"sha256" text NOT NULL,
	"width" integer NOT NULL,
	"format" text NOT NULL,
	"size" integer NOT NULL,
	CONSTRAINT "blob_variants_sha256_format_width_pk" PRIMARY KEY("sha256","format","width")
);
--> statement-breakpoint
CREATE TABLE "blobs" (
	"sha256" text PRIMARY KEY NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint NOT NULL,
	"width" integer,
	"height" integer,
	"placeholder" text,
	"refs" integer DEFAULT 0 NOT NULL,
	"touched_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "blobs_refs" CHECK ("blobs"."refs" >= 0),
	CONSTRAINT "blobs_size" CHECK ("blobs"."size" > 0)
);
--> statement-breakpoint
CREATE TABLE "files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"sha256" text NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"size" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "publication_files" (
	"article_id" uuid NOT NULL,
	"file_id" uuid NOT NULL,
	"is_members_only" boolean DEFAULT false NOT NULL,
	CONSTRAINT "publication_files_article_id_file_id_pk" PRIMARY KEY("article_id","file_id")
);
--> statement-breakpoint
CREATE TABLE "import_chunks" (
	"session_id" uuid NOT NULL,
	"start" bigint NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "import_chunks_session_id_start_pk" PRIMARY KEY("session_id","start")
);
--> statement-breakpoint
CREATE TABLE "import_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"path" text NOT NULL,
	"title" text NOT NULL,
	"content" text,
	"notebooks" jsonb NOT NULL,
	"tags" jsonb NOT NULL,
	"links" jsonb NOT NULL,
	"warnings" jsonb NOT NULL,
	"noted_at" timestamp with time zone,
	"changed_at" timestamp with time zone,
	"note_id" uuid,
	"is_pinned" boolean DEFAULT false NOT NULL,
	"is_archived" boolean DEFAULT false NOT NULL,
	"ai_declared" text,
	"source_hash" text,
	"result" text NOT NULL,
	"reason" text,
	"article_id" uuid
);
--> statement-breakpoint
CREATE TABLE "import_notebooks" (
	"session_id" uuid NOT NULL,
	"path" text NOT NULL,
	"notebook_id" uuid NOT NULL,
	"is_new" boolean NOT NULL,
	CONSTRAINT "import_notebooks_session_id_path_pk" PRIMARY KEY("session_id","path")
);
--> statement-breakpoint
CREATE TABLE "import_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"status" text NOT NULL,
	"program" text,
	"source_name" text NOT NULL,
	"is_address" boolean NOT NULL,
	"failure" text,
	"upload_size" bigint,
	"upload_received" bigint DEFAULT 0 NOT NULL,
	"notebook_id" uuid,
	"read_count" integer DEFAULT 0 NOT NULL,
	"total_count" integer,
	"attached_count" integer DEFAULT 0 NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_sources" (
	"session_id" uuid PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"size" bigint NOT NULL,
	"page_url" text,
	"charset" text
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"tax_number" text,
	"email" text NOT NULL,
	"amount_fen" integer NOT NULL,
	"status" text DEFAULT 'requested' NOT NULL,
	"answer" text,
	"answered_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "invoices_kind" CHECK ("invoices"."kind" in ('personal', 'company')),
	CONSTRAINT "invoices_tax_number" CHECK (("invoices"."kind" = 'company') = ("invoices"."tax_number" is not null)),
	CONSTRAINT "invoices_amount" CHECK ("invoices"."amount_fen" > 0),
	CONSTRAINT "invoices_status" CHECK ("invoices"."status" in ('requested', 'issued', 'declined')),
	CONSTRAINT "invoices_answered" CHECK (("invoices"."status" = 'requested') = ("invoices"."answered_at" is null) and ("invoices"."status" = 'requested') = ("invoices"."answer" is null))
);
--> statement-breakpoint
CREATE TABLE "article_links" (
	"source_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"target_key" text NOT NULL,
	"target_title" text NOT NULL,
	"target_id" uuid,
	"start_offset" integer NOT NULL,
	CONSTRAINT "article_links_source_id_target_key_pk" PRIMARY KEY("source_id","target_key")
);
--> statement-breakpoint
CREATE TABLE "article_titles" (
	"article_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"pinyin" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notebooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"parent_id" uuid,
	"name" text NOT NULL,
	"position" text collate "C" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"read_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bill_comparisons" (
	"channel" text NOT NULL,
	"day" date NOT NULL,
	"paid_fen" bigint NOT NULL,
	"returned_fen" bigint NOT NULL,
	"difference_count" integer NOT NULL,
	"differences" jsonb NOT NULL,
	"seen_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bill_comparisons_channel_day_pk" PRIMARY KEY("channel","day")
);
--> statement-breakpoint
CREATE TABLE "entitlements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"period" text NOT NULL,
	"order_id" uuid,
	"code_id" uuid,
	"reason" text,
	"granted_by" uuid,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "entitlements_source" CHECK (num_nonnulls("entitlements"."order_id", "entitlements"."code_id", "entitlements"."reason") = 1),
	CONSTRAINT "entitlements_period" CHECK ("entitlements"."period" in ('month', 'year', 'lifetime'))
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"checkout_id" uuid NOT NULL,
	"out_trade_no" text NOT NULL,
	"plan_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"period" text NOT NULL,
	"amount_fen" integer NOT NULL,
	"refunded_fen" integer DEFAULT 0 NOT NULL,
	"channel" text NOT NULL,
	"mode" text NOT NULL,
	"subject" text NOT NULL,
	"start" jsonb,
	"status" text DEFAULT 'pending' NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"scanned_at" timestamp with time zone,
	"paid_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_amount" CHECK ("orders"."amount_fen" > 0),
	CONSTRAINT "orders_number" CHECK ("orders"."out_trade_no" ~ '^[A-Za-z0-9_-]{6,32}$'),
	CONSTRAINT "orders_channel" CHECK ("orders"."channel" in ('alipay', 'wechat')),
	CONSTRAINT "orders_status" CHECK ("orders"."status" in ('pending', 'paid', 'closed', 'refunding', 'partially_refunded', 'refunded')),
	CONSTRAINT "orders_paid" CHECK (("orders"."status" in ('pending', 'closed')) = ("orders"."paid_at" is null)),
	CONSTRAINT "orders_refunded" CHECK (case "orders"."status"
        when 'refunded' then "orders"."refunded_fen" = "orders"."amount_fen"
        when 'partially_refunded' then "orders"."refunded_fen" > 0 and "orders"."refunded_fen" < "orders"."amount_fen"
        when 'refunding' then "orders"."refunded_fen" >= 0 and "orders"."refunded_fen" < "orders"."amount_fen"
        else "orders"."refunded_fen" = 0 end)
);
--> statement-breakpoint
CREATE TABLE "payment_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"body" "bytea" NOT NULL,
	"headers" jsonb NOT NULL,
	"state" text DEFAULT 'received' NOT NULL,
	"reason" text,
	"notice_id" text,
	"out_trade_no" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payment_notices_state" CHECK ("payment_notices"."state" in ('received', 'processed', 'duplicate', 'rejected'))
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"transaction_id" text NOT NULL,
	"amount_fen" integer NOT NULL,
	"is_surplus" boolean NOT NULL,
	"billed_on" date,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payments_amount" CHECK ("payments"."amount_fen" > 0)
);
--> statement-breakpoint
CREATE TABLE "plan_reminders" (
	"user_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"days" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "plan_reminders_user_id_plan_id_ends_at_days_pk" PRIMARY KEY("user_id","plan_id","ends_at","days")
);
--> statement-breakpoint
CREATE TABLE "refunds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"payment_id" uuid,
	"refund_no" text NOT NULL,
	"amount_fen" integer NOT NULL,
	"reason" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"billed_on" date,
	"finished_at" timestamp with time zone,
	"requested_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "refunds_amount" CHECK ("refunds"."amount_fen" > 0),
	CONSTRAINT "refunds_state" CHECK ("refunds"."state" in ('pending', 'done', 'failed')),
	CONSTRAINT "refunds_finished" CHECK (("refunds"."state" = 'pending') = ("refunds"."finished_at" is null))
);
--> statement-breakpoint
CREATE TABLE "plan_prices" (
	"version_id" uuid NOT NULL,
	"period" text NOT NULL,
	"amount_fen" integer NOT NULL,
	CONSTRAINT "plan_prices_version_id_period_pk" PRIMARY KEY("version_id","period"),
	CONSTRAINT "plan_prices_amount" CHECK ("plan_prices"."amount_fen" > 0),
	CONSTRAINT "plan_prices_period" CHECK ("plan_prices"."period" in ('month', 'year', 'lifetime'))
);
--> statement-breakpoint
CREATE TABLE "plan_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"plan_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"benefits" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "redemption_batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"note" text NOT NULL,
	"version_id" uuid NOT NULL,
	"period" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "redemption_batches_period" CHECK ("redemption_batches"."period" in ('month', 'year', 'lifetime'))
);
--> statement-breakpoint
CREATE TABLE "redemption_codes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"redeemed_by" uuid,
	"redeemed_at" timestamp with time zone,
	CONSTRAINT "redemption_codes_redeemed" CHECK ("redemption_codes"."redeemed_by" is null or "redemption_codes"."redeemed_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "ai_spans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"source" text NOT NULL,
	"model" text,
	"text" text NOT NULL,
	"own" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "publication_images" (
	"article_id" uuid PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"png" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "publication_schedules" (
	"article_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"publish_at" timestamp with time zone NOT NULL,
	"settings" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "publications" (
	"article_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"visibility" text DEFAULT 'public' NOT NULL,
	"access" text DEFAULT 'everyone' NOT NULL,
	"access_plan_id" uuid,
	"title" text NOT NULL,
	"content" text NOT NULL,
	"preview" text,
	"preview_blocks" integer,
	"content_hash" text NOT NULL,
	"excerpt" text NOT NULL,
	"custom_excerpt" text,
	"cover_url" text,
	"canonical_url" text,
	"language" text NOT NULL,
	"custom_language" text,
	"translation_group" uuid,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"tag_keys" text[] DEFAULT '{}' NOT NULL,
	"word_count" integer NOT NULL,
	"ai_level" text DEFAULT 'none' NOT NULL,
	"has_ai_label" boolean DEFAULT true NOT NULL,
	"revision" integer NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"blocked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "publications_ai_level" CHECK ("publications"."ai_level" in ('none', 'partly', 'mostly')),
	CONSTRAINT "publications_access" CHECK ("publications"."access" in ('everyone', 'members', 'plan')),
	CONSTRAINT "publications_access_plan" CHECK (("publications"."access" = 'plan') = ("publications"."access_plan_id" is not null)),
	CONSTRAINT "publications_preview" CHECK (("publications"."access" = 'everyone') = ("publications"."preview" is null))
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"detail" text DEFAULT '' NOT NULL,
	"contact" text DEFAULT '' NOT NULL,
	"reporter" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"handled_by" uuid,
	"handled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reports_status" CHECK ("reports"."status" in ('open', 'dismissed', 'upheld'))
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"label" text DEFAULT '' NOT NULL,
	"password_hash" text,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"views" integer DEFAULT 0 NOT NULL,
	"last_viewed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "slugs" (
	"slug" text PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"is_current" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "view_day" (
	"article_id" uuid NOT NULL,
	"day" date NOT NULL,
	"reader" text NOT NULL,
	CONSTRAINT "view_day_article_id_day_reader_pk" PRIMARY KEY("article_id","day","reader")
);
--> statement-breakpoint
CREATE TABLE "chunks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"start_offset" integer NOT NULL,
	"end_offset" integer NOT NULL,
	"heading_path" jsonb NOT NULL,
	"text" text NOT NULL,
	"length" integer NOT NULL,
	"tsv" "tsvector" NOT NULL,
	"index_version" integer NOT NULL,
	CONSTRAINT "chunks_article_ordinal" UNIQUE("article_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "search_misses" (
	"user_id" uuid NOT NULL,
	"key" text NOT NULL,
	"query" text NOT NULL,
	"count" integer DEFAULT 1 NOT NULL,
	"last_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "search_misses_user_id_key_pk" PRIMARY KEY("user_id","key")
);
--> statement-breakpoint
CREATE TABLE "search_words" (
	"user_id" uuid NOT NULL,
	"word" text NOT NULL,
	CONSTRAINT "search_words_user_id_word_pk" PRIMARY KEY("user_id","word")
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"subject_type" text,
	"subject_id" text,
	"ip" text,
	"detail" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cron_runs" (
	"name" text NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cron_runs_name_slot_pk" PRIMARY KEY("name","slot")
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"outbox_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"payload" jsonb NOT NULL,
	"attempts" integer NOT NULL,
	"error" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"user_id" uuid NOT NULL,
	"path" text NOT NULL,
	"key" text NOT NULL,
	"input_hash" text NOT NULL,
	"reply" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_user_id_path_key_pk" PRIMARY KEY("user_id","path","key")
);
--> statement-breakpoint
CREATE TABLE "inbox" (
	"consumer" text NOT NULL,
	"outbox_id" uuid NOT NULL,
	"done_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_outbox_id_pk" PRIMARY KEY("consumer","outbox_id")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"payload" jsonb NOT NULL,
	"dedupe_key" text,
	"priority" integer DEFAULT 5 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"run_until" timestamp with time zone,
	"user_id" uuid,
	"progress" jsonb,
	"cancelled_at" timestamp with time zone,
	"done_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "outbox_priority_check" CHECK (priority in (1, 5, 10))
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "site_settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "usage_months" (
	"user_id" uuid,
	"month" date NOT NULL,
	"tokens" bigint DEFAULT 0 NOT NULL,
	"micro_yuan" bigint DEFAULT 0 NOT NULL,
	"reserved_tokens" bigint DEFAULT 0 NOT NULL,
	"reserved_micro_yuan" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_months_user_id" UNIQUE NULLS NOT DISTINCT("user_id","month"),
	CONSTRAINT "usage_months_amounts" CHECK ("usage_months"."tokens" >= 0 and "usage_months"."micro_yuan" >= 0 and "usage_months"."reserved_tokens" >= 0 and "usage_months"."reserved_micro_yuan" >= 0)
);
--> statement-breakpoint
CREATE TABLE "usage_records" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"feature" text NOT NULL,
	"provider" text NOT NULL,
	"model" text NOT NULL,
	"outcome" text DEFAULT 'open' NOT NULL,
	"input_tokens" integer DEFAULT 0 NOT NULL,
	"cached_tokens" integer DEFAULT 0 NOT NULL,
	"output_tokens" integer DEFAULT 0 NOT NULL,
	"reasoning_tokens" integer DEFAULT 0 NOT NULL,
	"is_estimated" boolean DEFAULT true NOT NULL,
	"cost_micro_yuan" bigint,
	"month" date NOT NULL,
	"reserved_tokens" integer DEFAULT 0 NOT NULL,
	"reserved_micro_yuan" bigint DEFAULT 0 NOT NULL,
	"alive_at" timestamp with time zone DEFAULT now() NOT NULL,
	"turn_at" timestamp with time zone,
	"ms" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "usage_records_reserved" CHECK ("usage_records"."outcome" = 'open' or ("usage_records"."reserved_tokens" = 0 and "usage_records"."reserved_micro_yuan" = 0))
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"email" text,
	"role" text DEFAULT 'user' NOT NULL,
	"created_by" uuid,
	"accepted_by" uuid,
	"accepted_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "one_time_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"email" text,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refresh_tokens" (
	"hash" text PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"user_agent" text DEFAULT '' NOT NULL,
	"ip" text DEFAULT '' NOT NULL,
	"last_used_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"ver" bigint DEFAULT nextval('row_version') NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"handle" text NOT NULL,
	"display_name" text NOT NULL,
	"bio" text DEFAULT '' NOT NULL,
	"locale" text DEFAULT 'zh-CN' NOT NULL,
	"role" text DEFAULT 'user' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"password_hash" text NOT NULL,
	"email_verified_at" timestamp with time zone,
	"terms_accepted_at" timestamp with time zone,
	"has_notification_mail" boolean DEFAULT true NOT NULL,
	"epoch" integer DEFAULT 0 NOT NULL,
	"last_login_at" timestamp with time zone,
	"ver" bigint DEFAULT nextval('row_version') NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_lower" CHECK ("users"."email" = lower("users"."email")),
	CONSTRAINT "users_handle_lower" CHECK ("users"."handle" = lower("users"."handle"))
);
--> statement-breakpoint
CREATE TABLE "article_embeddings" (
	"article_id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"status" text NOT NULL,
	"reason" text,
	"model" text NOT NULL,
	"dimensions" integer NOT NULL,
	"wanted" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "article_embeddings_status" CHECK ("article_embeddings"."status" in ('pending', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "chunk_vectors" (
	"chunk_id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"model" text NOT NULL,
	"dimensions" integer NOT NULL,
	"input_hash" text NOT NULL,
	"bits" bit varying NOT NULL,
	"vector" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"type" text NOT NULL,
	"payload" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"turn" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failure" text,
	"response_status" integer,
	"response_body" text,
	"latency_ms" integer,
	"last_attempt_at" timestamp with time zone,
	"next_attempt_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"url" text NOT NULL,
	"events" text[] NOT NULL,
	"salt" text NOT NULL,
	"former_salt" text,
	"former_until" timestamp with time zone,
	"disabled_reason" text,
	"failing_since" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_tags" ADD CONSTRAINT "article_tags_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_tags" ADD CONSTRAINT "article_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "articles" ADD CONSTRAINT "articles_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "articles" ADD CONSTRAINT "articles_notebook_id_notebooks_id_fk" FOREIGN KEY ("notebook_id") REFERENCES "public"."notebooks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tags" ADD CONSTRAINT "tags_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_prompts" ADD CONSTRAINT "saved_prompts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "citations" ADD CONSTRAINT "citations_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_parent_id_messages_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "export_archives" ADD CONSTRAINT "export_archives_export_id_exports_id_fk" FOREIGN KEY ("export_id") REFERENCES "public"."exports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "export_archives" ADD CONSTRAINT "export_archives_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_notebook_id_notebooks_id_fk" FOREIGN KEY ("notebook_id") REFERENCES "public"."notebooks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_files" ADD CONSTRAINT "article_files_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_files" ADD CONSTRAINT "article_files_file_id_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blob_variants" ADD CONSTRAINT "blob_variants_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "files" ADD CONSTRAINT "files_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_files" ADD CONSTRAINT "publication_files_article_id_publications_article_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."publications"("article_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_files" ADD CONSTRAINT "publication_files_file_id_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "public"."files"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_chunks" ADD CONSTRAINT "import_chunks_session_id_import_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."import_sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_chunks" ADD CONSTRAINT "import_chunks_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_items" ADD CONSTRAINT "import_items_session_id_import_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."import_sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_items" ADD CONSTRAINT "import_items_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_items" ADD CONSTRAINT "import_items_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_notebooks" ADD CONSTRAINT "import_notebooks_session_id_import_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."import_sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_notebooks" ADD CONSTRAINT "import_notebooks_notebook_id_notebooks_id_fk" FOREIGN KEY ("notebook_id") REFERENCES "public"."notebooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_sessions" ADD CONSTRAINT "import_sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_sessions" ADD CONSTRAINT "import_sessions_notebook_id_notebooks_id_fk" FOREIGN KEY ("notebook_id") REFERENCES "public"."notebooks"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_sources" ADD CONSTRAINT "import_sources_session_id_import_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."import_sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_sources" ADD CONSTRAINT "import_sources_sha256_blobs_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blobs"("sha256") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_links" ADD CONSTRAINT "article_links_source_id_articles_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_links" ADD CONSTRAINT "article_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_links" ADD CONSTRAINT "article_links_target_id_articles_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."articles"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_titles" ADD CONSTRAINT "article_titles_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_titles" ADD CONSTRAINT "article_titles_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notebooks" ADD CONSTRAINT "notebooks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notebooks" ADD CONSTRAINT "notebooks_parent_id_notebooks_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."notebooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_version_id_plan_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."plan_versions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_code_id_redemption_codes_id_fk" FOREIGN KEY ("code_id") REFERENCES "public"."redemption_codes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlements" ADD CONSTRAINT "entitlements_granted_by_users_id_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_version_id_plan_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."plan_versions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payments" ADD CONSTRAINT "payments_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_reminders" ADD CONSTRAINT "plan_reminders_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_reminders" ADD CONSTRAINT "plan_reminders_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_payment_id_payments_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_prices" ADD CONSTRAINT "plan_prices_version_id_plan_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."plan_versions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_versions" ADD CONSTRAINT "plan_versions_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redemption_batches" ADD CONSTRAINT "redemption_batches_version_id_plan_versions_id_fk" FOREIGN KEY ("version_id") REFERENCES "public"."plan_versions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redemption_batches" ADD CONSTRAINT "redemption_batches_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redemption_codes" ADD CONSTRAINT "redemption_codes_batch_id_redemption_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."redemption_batches"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "redemption_codes" ADD CONSTRAINT "redemption_codes_redeemed_by_users_id_fk" FOREIGN KEY ("redeemed_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ai_spans" ADD CONSTRAINT "ai_spans_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ai_spans" ADD CONSTRAINT "ai_spans_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_images" ADD CONSTRAINT "publication_images_article_id_publications_article_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."publications"("article_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_schedules" ADD CONSTRAINT "publication_schedules_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_schedules" ADD CONSTRAINT "publication_schedules_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_access_plan_id_plans_id_fk" FOREIGN KEY ("access_plan_id") REFERENCES "public"."plans"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_article_id_publications_article_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."publications"("article_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_handled_by_users_id_fk" FOREIGN KEY ("handled_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slugs" ADD CONSTRAINT "slugs_article_id_publications_article_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."publications"("article_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view_day" ADD CONSTRAINT "view_day_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_misses" ADD CONSTRAINT "search_misses_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_words" ADD CONSTRAINT "search_words_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_id_users_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_months" ADD CONSTRAINT "usage_months_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_records" ADD CONSTRAINT "usage_records_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_accepted_by_users_id_fk" FOREIGN KEY ("accepted_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_embeddings" ADD CONSTRAINT "article_embeddings_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "article_embeddings" ADD CONSTRAINT "article_embeddings_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_chunk_id_chunks_id_fk" FOREIGN KEY ("chunk_id") REFERENCES "public"."chunks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_article_id_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_subscription_id_webhook_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."webhook_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_subscriptions" ADD CONSTRAINT "webhook_subscriptions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "idx_api_keys_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "idx_api_keys_user_id" ON "api_keys" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "idx_article_tags_tag_id" ON "article_tags" USING btree ("tag_id");--> statement-breakpoint
CREATE INDEX "idx_articles_user_id" ON "articles" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_articles_notebook_id" ON "articles" USING btree ("notebook_id");--> statement-breakpoint
CREATE INDEX "idx_articles_created_at" ON "articles" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idx_articles_status" ON "articles" USING btree ("status");--> statement-breakpoint
CREATE INDEX "idx_articles_user_status_time" ON "articles" USING btree ("user_id","status","updated_at","id");--> statement-breakpoint
CREATE INDEX "idx_active_articles" ON "articles" USING btree ("user_id","updated_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "idx_active_articles_created" ON "articles" USING btree ("user_id","created_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "idx_active_articles_notebook" ON "articles" USING btree ("user_id","notebook_id","updated_at","id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "idx_unfiled_articles" ON "articles" USING btree ("user_id","updated_at","id") WHERE deleted_at is null and notebook_id is null;--> statement-breakpoint
CREATE INDEX "idx_pinned_articles" ON "articles" USING btree ("user_id","updated_at","id") WHERE deleted_at is null and is_pinned;--> statement-breakpoint
CREATE INDEX "idx_articles_with_tasks" ON "articles" USING btree ("user_id","updated_at","id") WHERE deleted_at is null and open_tasks > 0;--> statement-breakpoint
CREATE INDEX "idx_active_articles_title" ON "articles" USING btree ("user_id",lower(title),"id") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "idx_trashed_articles" ON "articles" USING btree ("user_id","deleted_at","id") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "idx_articles_deleted_at" ON "articles" USING btree ("deleted_at") WHERE deleted_at is not null;--> statement-breakpoint
CREATE INDEX "idx_articles_lower_title" ON "articles" USING btree (lower(title));--> statement-breakpoint
CREATE INDEX "idx_articles_views" ON "articles" USING btree ("views");--> statement-breakpoint
CREATE INDEX "idx_revisions_article_created" ON "revisions" USING btree ("article_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_revisions_article_number" ON "revisions" USING btree ("article_id","number") WHERE kind in ('save', 'restore');--> statement-breakpoint
CREATE UNIQUE INDEX "idx_revisions_conflict_once" ON "revisions" USING btree ("article_id","number","content_hash") WHERE kind = 'conflict';--> statement-breakpoint
CREATE UNIQUE INDEX "idx_tags_user_name" ON "tags" USING btree ("user_id",lower(name));--> statement-breakpoint
CREATE INDEX "idx_saved_prompts_user" ON "saved_prompts" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "idx_cache_inval_xid" ON "cache_inval" USING btree ("xid");--> statement-breakpoint
CREATE INDEX "idx_citations_article_id" ON "citations" USING btree ("article_id");--> statement-breakpoint
CREATE INDEX "idx_conversations_user" ON "conversations" USING btree ("user_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "idx_messages_conversation" ON "messages" USING btree ("conversation_id","id");--> statement-breakpoint
CREATE INDEX "idx_messages_parent_id" ON "messages" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "idx_messages_unfinished" ON "messages" USING btree ("user_id","alive_at") WHERE status in ('waiting', 'writing');--> statement-breakpoint
CREATE INDEX "idx_export_archives_sha256" ON "export_archives" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "idx_exports_user_id" ON "exports" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "idx_exports_notebook_id" ON "exports" USING btree ("notebook_id");--> statement-breakpoint
CREATE INDEX "idx_exports_expires_at" ON "exports" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "idx_article_files_file_id" ON "article_files" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "idx_blobs_unused" ON "blobs" USING btree ("touched_at") WHERE refs = 0;--> statement-breakpoint
CREATE UNIQUE INDEX "idx_files_user_sha256" ON "files" USING btree ("user_id","sha256");--> statement-breakpoint
CREATE INDEX "idx_files_user_created" ON "files" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "idx_files_sha256" ON "files" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "idx_publication_files_file_id" ON "publication_files" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "idx_import_chunks_sha256" ON "import_chunks" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_import_items_position" ON "import_items" USING btree ("session_id","position");--> statement-breakpoint
CREATE INDEX "idx_import_items_result" ON "import_items" USING btree ("session_id","result","position");--> statement-breakpoint
CREATE INDEX "idx_import_items_source" ON "import_items" USING btree ("user_id","source_hash") WHERE result = 'accepted';--> statement-breakpoint
CREATE INDEX "idx_import_items_article_id" ON "import_items" USING btree ("article_id");--> statement-breakpoint
CREATE INDEX "idx_import_items_user_id" ON "import_items" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_import_notebooks_notebook_id" ON "import_notebooks" USING btree ("notebook_id");--> statement-breakpoint
CREATE INDEX "idx_import_sessions_user" ON "import_sessions" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "idx_import_sessions_updated" ON "import_sessions" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "idx_import_sessions_notebook_id" ON "import_sessions" USING btree ("notebook_id");--> statement-breakpoint
CREATE INDEX "idx_import_sources_sha256" ON "import_sources" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_invoices_order_id" ON "invoices" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "idx_invoices_user_id" ON "invoices" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_invoices_created_at" ON "invoices" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_article_links_target" ON "article_links" USING btree ("target_id","source_id");--> statement-breakpoint
CREATE INDEX "idx_article_links_open" ON "article_links" USING btree ("user_id","target_key") WHERE target_id is null;--> statement-breakpoint
CREATE INDEX "idx_article_links_user_id" ON "article_links" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_article_titles_user_key" ON "article_titles" USING btree ("user_id","key");--> statement-breakpoint
CREATE INDEX "idx_notebooks_user_parent_position" ON "notebooks" USING btree ("user_id","parent_id","position");--> statement-breakpoint
CREATE INDEX "idx_notebooks_parent_id" ON "notebooks" USING btree ("parent_id");--> statement-breakpoint
CREATE INDEX "idx_notifications_user_created" ON "notifications" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "idx_notifications_unread" ON "notifications" USING btree ("user_id") WHERE read_at is null;--> statement-breakpoint
CREATE INDEX "idx_notifications_created_at" ON "notifications" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idx_bill_comparisons_day" ON "bill_comparisons" USING btree ("day");--> statement-breakpoint
CREATE INDEX "idx_entitlements_user_id" ON "entitlements" USING btree ("user_id","granted_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_entitlements_order_id" ON "entitlements" USING btree ("order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_entitlements_code_id" ON "entitlements" USING btree ("code_id");--> statement-breakpoint
CREATE INDEX "idx_entitlements_plan_id" ON "entitlements" USING btree ("plan_id");--> statement-breakpoint
CREATE INDEX "idx_entitlements_version_id" ON "entitlements" USING btree ("version_id");--> statement-breakpoint
CREATE INDEX "idx_entitlements_granted_by" ON "entitlements" USING btree ("granted_by");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_orders_out_trade_no" ON "orders" USING btree ("out_trade_no");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_orders_open" ON "orders" USING btree ("user_id","plan_id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "idx_orders_user_id" ON "orders" USING btree ("user_id","created_at","id");--> statement-breakpoint
CREATE INDEX "idx_orders_created_at" ON "orders" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_orders_checkout_id" ON "orders" USING btree ("checkout_id");--> statement-breakpoint
CREATE INDEX "idx_orders_plan_id" ON "orders" USING btree ("plan_id");--> statement-breakpoint
CREATE INDEX "idx_orders_version_id" ON "orders" USING btree ("version_id");--> statement-breakpoint
CREATE INDEX "idx_payment_notices_created_at" ON "payment_notices" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_payment_notices_out_trade_no" ON "payment_notices" USING btree ("out_trade_no");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_payments_transaction" ON "payments" USING btree ("channel","transaction_id");--> statement-breakpoint
CREATE INDEX "idx_payments_order_id" ON "payments" USING btree ("order_id");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_payments_paid" ON "payments" USING btree ("order_id") WHERE not is_surplus;--> statement-breakpoint
CREATE INDEX "idx_payments_created_at" ON "payments" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idx_plan_reminders_plan_id" ON "plan_reminders" USING btree ("plan_id");--> statement-breakpoint
CREATE INDEX "idx_plan_reminders_ends_at" ON "plan_reminders" USING btree ("ends_at");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_refunds_refund_no" ON "refunds" USING btree ("refund_no");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_refunds_pending" ON "refunds" USING btree ("order_id") WHERE state = 'pending' and payment_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "idx_refunds_payment_id" ON "refunds" USING btree ("payment_id") WHERE state <> 'failed';--> statement-breakpoint
CREATE INDEX "idx_refunds_finished_at" ON "refunds" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "idx_refunds_order_id" ON "refunds" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "idx_refunds_requested_by" ON "refunds" USING btree ("requested_by");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_plan_versions_plan_id" ON "plan_versions" USING btree ("plan_id","number");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_plans_key" ON "plans" USING btree ("key");--> statement-breakpoint
CREATE INDEX "idx_redemption_batches_created_at" ON "redemption_batches" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_redemption_batches_version_id" ON "redemption_batches" USING btree ("version_id");--> statement-breakpoint
CREATE INDEX "idx_redemption_batches_created_by" ON "redemption_batches" USING btree ("created_by");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_redemption_codes_hash" ON "redemption_codes" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "idx_redemption_codes_batch_id" ON "redemption_codes" USING btree ("batch_id","id");--> statement-breakpoint
CREATE INDEX "idx_redemption_codes_redeemed_by" ON "redemption_codes" USING btree ("redeemed_by");--> statement-breakpoint
CREATE INDEX "idx_ai_spans_article" ON "ai_spans" USING btree ("article_id","id");--> statement-breakpoint
CREATE INDEX "idx_ai_spans_user_id" ON "ai_spans" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_publication_schedules_user" ON "publication_schedules" USING btree ("user_id","publish_at","article_id");--> statement-breakpoint
CREATE INDEX "idx_publications_user_published" ON "publications" USING btree ("user_id","published_at","article_id");--> statement-breakpoint
CREATE INDEX "idx_publications_live" ON "publications" USING btree ("published_at","article_id") WHERE withdrawn_at is null and blocked_at is null and visibility = 'public';--> statement-breakpoint
CREATE INDEX "idx_publications_tag_keys" ON "publications" USING gin ("tag_keys");--> statement-breakpoint
CREATE INDEX "idx_publications_translation_group" ON "publications" USING btree ("translation_group") WHERE translation_group is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "idx_publications_translation" ON "publications" USING btree ("translation_group","language") WHERE translation_group is not null;--> statement-breakpoint
CREATE INDEX "idx_publications_access_plan_id" ON "publications" USING btree ("access_plan_id");--> statement-breakpoint
CREATE INDEX "idx_reports_status" ON "reports" USING btree ("status","created_at","id");--> statement-breakpoint
CREATE INDEX "idx_reports_article_id" ON "reports" USING btree ("article_id");--> statement-breakpoint
CREATE INDEX "idx_reports_handled_by" ON "reports" USING btree ("handled_by");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_reports_open_once" ON "reports" USING btree ("article_id","reporter") WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "idx_shares_token_hash" ON "shares" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "idx_shares_article" ON "shares" USING btree ("article_id","created_at","id");--> statement-breakpoint
CREATE INDEX "idx_shares_user_id" ON "shares" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_slugs_article_id" ON "slugs" USING btree ("article_id");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_slugs_current" ON "slugs" USING btree ("article_id") WHERE is_current;--> statement-breakpoint
CREATE INDEX "idx_view_day_day" ON "view_day" USING btree ("day");--> statement-breakpoint
CREATE INDEX "idx_chunks_user_id" ON "chunks" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_chunks_tsv" ON "chunks" USING gin ("tsv");--> statement-breakpoint
CREATE INDEX "idx_chunks_index_version" ON "chunks" USING btree ("index_version");--> statement-breakpoint
CREATE INDEX "idx_search_misses_last_at" ON "search_misses" USING btree ("user_id","last_at");--> statement-breakpoint
CREATE INDEX "idx_audit_events_created_at" ON "audit_events" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_audit_events_actor_id" ON "audit_events" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "idx_audit_events_order" ON "audit_events" USING btree ("subject_id") WHERE subject_type = 'order';--> statement-breakpoint
CREATE INDEX "idx_cron_runs_slot" ON "cron_runs" USING btree ("slot");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_dead_letters_outbox_id" ON "dead_letters" USING btree ("outbox_id");--> statement-breakpoint
CREATE INDEX "idx_idempotency_keys_created_at" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idx_inbox_done_at" ON "inbox" USING btree ("done_at");--> statement-breakpoint
CREATE INDEX "idx_outbox_due" ON "outbox" USING btree ("priority","next_at","id") WHERE done_at is null and failed_at is null;--> statement-breakpoint
CREATE INDEX "idx_outbox_done_at" ON "outbox" USING btree ("done_at") WHERE done_at is not null;--> statement-breakpoint
CREATE INDEX "idx_outbox_failed_at" ON "outbox" USING btree ("failed_at") WHERE failed_at is not null;--> statement-breakpoint
CREATE INDEX "idx_outbox_user_id" ON "outbox" USING btree ("user_id","id") WHERE user_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "idx_outbox_dedupe" ON "outbox" USING btree ("topic","dedupe_key") WHERE done_at is null and failed_at is null and attempt = 0 and dedupe_key is not null;--> statement-breakpoint
CREATE INDEX "idx_rate_limits_expire" ON "rate_limits" USING btree ("expire");--> statement-breakpoint
CREATE INDEX "idx_usage_records_user_id" ON "usage_records" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "idx_usage_records_created_at" ON "usage_records" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idx_usage_records_open" ON "usage_records" USING btree ("user_id","alive_at") WHERE outcome = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "idx_invitations_token_hash" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "idx_invitations_created_at" ON "invitations" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_invitations_created_by" ON "invitations" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "idx_invitations_accepted_by" ON "invitations" USING btree ("accepted_by");--> statement-breakpoint
CREATE INDEX "idx_one_time_tokens_user_id" ON "one_time_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_refresh_tokens_session_id" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "idx_refresh_tokens_used_at" ON "refresh_tokens" USING btree ("used_at");--> statement-breakpoint
CREATE INDEX "idx_sessions_user_id" ON "sessions" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "idx_sessions_expires_at" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_users_email" ON "users" USING btree ("email");--> statement-breakpoint
CREATE UNIQUE INDEX "idx_users_handle" ON "users" USING btree ("handle");--> statement-breakpoint
CREATE INDEX "idx_users_created_at" ON "users" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "idx_users_last_login_at" ON "users" USING btree ("last_login_at");--> statement-breakpoint
CREATE INDEX "idx_users_admins" ON "users" USING btree ("id") WHERE role = 'admin';--> statement-breakpoint
CREATE INDEX "idx_article_embeddings_user_id" ON "article_embeddings" USING btree ("user_id","status");--> statement-breakpoint
CREATE INDEX "idx_chunk_vectors_user_id" ON "chunk_vectors" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "idx_chunk_vectors_article_id" ON "chunk_vectors" USING btree ("article_id");--> statement-breakpoint
CREATE INDEX "idx_webhook_deliveries_subscription_id" ON "webhook_deliveries" USING btree ("subscription_id","id");--> statement-breakpoint
CREATE INDEX "idx_webhook_deliveries_pending" ON "webhook_deliveries" USING btree ("subscription_id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "idx_webhook_deliveries_created_at" ON "webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "idx_webhook_subscriptions_user_id" ON "webhook_subscriptions" USING btree ("user_id","id");
--> statement-breakpoint
-- The change log: every committed change of what is cached or shown live, whoever made it (psql and imports too).
-- Part of the first migration: `node scripts/regenerate-migration.mjs` appends this file to it.
--
-- Two kinds of version:
-- * a row's own `ver` (articles, users, sessions, api_keys), drawn under the row's lock, so that its order is that of commits;
-- * for a key that stands for more than one row (a scope such as `user:<id>:articles`, `slug:<slug>`) the xid, which
--   is the default of cache_inval.ver. A value read for it has the version pg_snapshot_xmin - 1 of its snapshot.

create function draw_row_version() returns trigger language plpgsql as $$
begin
  new.ver := nextval('row_version');
  return new;
end $$;

create trigger draw_version before update on articles for each row execute function draw_row_version();
create trigger draw_version before update on users for each row execute function draw_row_version();
create trigger draw_version before update on sessions for each row execute function draw_row_version();
create trigger draw_version before update on api_keys for each row execute function draw_row_version();

-- articles: the article, the owner's lists and, where it enters or leaves the trash, the owner's pages and the lists
-- that visitors see (`publications`), which show views too.
create function log_articles() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into cache_inval (key, ver, scope)
    select 'article:' || id, ver, 'user:' || user_id || ':articles' from changed;
  elsif tg_op = 'UPDATE' then
    insert into cache_inval (key, ver, scope, is_quiet)
    select 'article:' || n.id, n.ver, 'user:' || n.user_id || ':articles',
      -- Views and the state of the index are nothing to tell a person at once.
      (n.views, n.indexed_revision) is distinct from (o.views, o.indexed_revision)
        and (n.revision, n.title, n.notebook_id, n.status, n.is_pinned, n.deleted_at)
          is not distinct from (o.revision, o.title, o.notebook_id, o.status, o.is_pinned, o.deleted_at)
    from changed n join former o on o.id = n.id;
    insert into cache_inval (key)
    select distinct 'user:' || n.user_id || ':publications'
    from changed n join former o on o.id = n.id
    where n.deleted_at is distinct from o.deleted_at;
    insert into cache_inval (key)
    select 'publications' from changed n join former o on o.id = n.id
    where n.deleted_at is distinct from o.deleted_at or n.views <> o.views limit 1;
  else
    insert into cache_inval (key, ver, deleted, scope)
    select 'article:' || id, nextval('row_version'), true, 'user:' || user_id || ':articles' from former;
  end if;
  return null;
end $$;

create trigger log_insert after insert on articles
  referencing new table as changed for each statement execute function log_articles();
create trigger log_update after update on articles
  referencing old table as former new table as changed for each statement execute function log_articles();
create trigger log_delete after delete on articles
  referencing old table as former for each statement execute function log_articles();

-- users: the user and, where readers would see it, the pages and lists.
create function log_users() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into cache_inval (key, ver) select 'user:' || id, ver from changed;
    insert into cache_inval (key) values ('publications');
  elsif tg_op = 'UPDATE' then
    insert into cache_inval (key, ver, scope)
    select 'user:' || n.id, n.ver,
      case when (n.handle, n.display_name, n.bio, n.status)
        is distinct from (o.handle, o.display_name, o.bio, o.status)
        then 'user:' || n.id || ':publications' end
    from changed n join former o on o.id = n.id;
    insert into cache_inval (key)
    select 'publications' from changed n join former o on o.id = n.id
    where (n.handle, n.display_name, n.bio, n.status)
      is distinct from (o.handle, o.display_name, o.bio, o.status) limit 1;
  else
    insert into cache_inval (key) values ('publications');
    insert into cache_inval (key, ver, deleted, scope)
    select 'user:' || id, nextval('row_version'), true, 'user:' || id || ':publications' from former;
  end if;
  return null;
end $$;

create trigger log_insert after insert on users
  referencing new table as changed for each statement execute function log_users();
create trigger log_update after update on users
  referencing old table as former new table as changed for each statement execute function log_users();
create trigger log_delete after delete on users
  referencing old table as former for each statement execute function log_users();

create function log_sessions() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into cache_inval (key, ver, deleted)
    select 'session:' || id, nextval('row_version'), true from changed;
  else
    insert into cache_inval (key, ver) select 'session:' || id, ver from changed;
  end if;
  return null;
end $$;

create trigger log_insert after insert on sessions
  referencing new table as changed for each statement execute function log_sessions();
create trigger log_update after update on sessions
  referencing new table as changed for each statement execute function log_sessions();
create trigger log_delete after delete on sessions
  referencing old table as changed for each statement execute function log_sessions();

-- api_keys: by their hash, which is what a caller can be asked for.
create function log_api_keys() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into cache_inval (key, ver, deleted)
    select 'api_key:' || hash, nextval('row_version'), true from changed;
  else
    insert into cache_inval (key, ver) select 'api_key:' || hash, ver from changed;
  end if;
  return null;
end $$;

create trigger log_insert after insert on api_keys
  referencing new table as changed for each statement execute function log_api_keys();
create trigger log_update after update on api_keys
  referencing new table as changed for each statement execute function log_api_keys();
create trigger log_delete after delete on api_keys
  referencing old table as changed for each statement execute function log_api_keys();

-- Tables of which only lists are kept: one row a user and statement.
create function log_scope() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key) select distinct 'user:' || user_id || ':' || tg_argv[0] from changed;
  return null;
end $$;

create trigger log_insert after insert on notebooks
  referencing new table as changed for each statement execute function log_scope('notebooks');
create trigger log_update after update on notebooks
  referencing new table as changed for each statement execute function log_scope('notebooks');
create trigger log_delete after delete on notebooks
  referencing old table as changed for each statement execute function log_scope('notebooks');

create trigger log_insert after insert on notifications
  referencing new table as changed for each statement execute function log_scope('notifications');
create trigger log_update after update on notifications
  referencing new table as changed for each statement execute function log_scope('notifications');
create trigger log_delete after delete on notifications
  referencing old table as changed for each statement execute function log_scope('notifications');

-- outbox: where the work of a person stands. Rows of nobody, which are most, never get to the function.
create function log_job() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key, scope) values ('job:' || new.id, 'user:' || new.user_id || ':jobs');
  return null;
end $$;

create trigger log_insert after insert on outbox
  for each row when (new.user_id is not null) execute function log_job();
create trigger log_update after update of progress, run_until, cancelled_at, done_at, failed_at on outbox
  for each row when (new.user_id is not null) execute function log_job();

-- tags: an article shows the names of its tags, so that it changes with them. Articles that this transaction has
-- written hold a version of it already.
create function touch_articles(ids uuid[]) returns void language sql as $$
  update articles a set ver = 0
  from (
    select id from articles where id = any(ids) and xmin <> pg_current_xact_id()::xid
    order by id for no key update
  ) locked
  where a.id = locked.id;
$$;

create function log_tags() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key) select distinct 'user:' || user_id || ':tags' from changed;
  if tg_op = 'UPDATE' then
    perform touch_articles(array(
      select at.article_id from changed n join former o on o.id = n.id and o.name <> n.name
      join article_tags at on at.tag_id = n.id));
  end if;
  return null;
end $$;

create trigger log_insert after insert on tags
  referencing new table as changed for each statement execute function log_tags();
create trigger log_update after update on tags
  referencing old table as former new table as changed for each statement execute function log_tags();
create trigger log_delete after delete on tags
  referencing old table as changed for each statement execute function log_tags();

create function log_article_tags() returns trigger language plpgsql as $$
begin
  perform touch_articles(array(select distinct article_id from changed));
  insert into cache_inval (key)
  select distinct 'user:' || a.user_id || ':tags' from changed c join articles a on a.id = c.article_id;
  return null;
end $$;

create trigger log_insert after insert on article_tags
  referencing new table as changed for each statement execute function log_article_tags();
create trigger log_update after update on article_tags
  referencing new table as changed for each statement execute function log_article_tags();
create trigger log_delete after delete on article_tags
  referencing old table as changed for each statement execute function log_article_tags();

-- What administrators set up of models: every process reads it anew.
create function log_ai() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key) values ('ai');
  return null;
end $$;

create trigger log_change after insert or update or delete on ai_providers
  for each statement execute function log_ai();
create trigger log_ai after insert or update on site_settings
  for each row when (new.key = 'ai_models') execute function log_ai();

-- What readers see. A page shows more than its own row (author, neighbours, translations): all of it is in the scope.
create function log_publications() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key, deleted, scope)
  select 'publication:' || article_id, tg_op = 'DELETE', 'user:' || user_id || ':publications' from changed;
  insert into cache_inval (key) values ('publications');
  return null;
end $$;

create trigger log_insert after insert on publications
  referencing new table as changed for each statement execute function log_publications();
create trigger log_update after update on publications
  referencing new table as changed for each statement execute function log_publications();
create trigger log_delete after delete on publications
  referencing old table as changed for each statement execute function log_publications();

create function log_publication_images() returns trigger language plpgsql as $$
begin
  insert into cache_inval (key, scope)
  select 'publication:' || p.article_id, 'user:' || p.user_id || ':publications'
  from changed c join publications p on p.article_id = c.article_id;
  return null;
end $$;

create trigger log_insert after insert on publication_images
  referencing new table as changed for each statement execute function log_publication_images();
create trigger log_update after update on publication_images
  referencing new table as changed for each statement execute function log_publication_images();
create trigger log_delete after delete on publication_images
  referencing old table as changed for each statement execute function log_publication_images();

create function log_slugs() returns trigger language plpgsql as $$
begin
  -- Slugs that go with their publication have no owner any more; its own trigger names the scope.
  insert into cache_inval (key, deleted, scope)
  select 'slug:' || c.slug, tg_op = 'DELETE', 'user:' || p.user_id || ':publications'
  from changed c left join publications p on p.article_id = c.article_id;
  insert into cache_inval (key) values ('publications');
  return null;
end $$;

create trigger log_insert after insert on slugs
  referencing new table as changed for each statement execute function log_slugs();
create trigger log_update after update on slugs
  referencing new table as changed for each statement execute function log_slugs();
create trigger log_delete after delete on slugs
  referencing old table as changed for each statement execute function log_slugs();

--> statement-breakpoint
-- How many files, archives, and sources of imports or their parts hold a blob. Part of the first migration, as change-feed.sql is.
-- Blobs are taken in the order of their names, so that two transactions wait for each other and no ring.
create function count_blob_references() returns trigger language plpgsql as $$
begin
  perform 1 from blobs where sha256 in (select sha256 from changed) order by sha256 for no key update;
  update blobs b
  set refs = b.refs + case when tg_op = 'INSERT' then c.count else -c.count end, touched_at = now()
  from (select sha256, count(*) from changed group by sha256) c
  where b.sha256 = c.sha256;
  return null;
end $$;

create trigger count_insert after insert on files
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on files
  referencing old table as changed for each statement execute function count_blob_references();

create trigger count_insert after insert on export_archives
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on export_archives
  referencing old table as changed for each statement execute function count_blob_references();

create trigger count_insert after insert on import_sources
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on import_sources
  referencing old table as changed for each statement execute function count_blob_references();

create trigger count_insert after insert on import_chunks
  referencing new table as changed for each statement execute function count_blob_references();
create trigger count_delete after delete on import_chunks
  referencing old table as changed for each statement execute function count_blob_references();

--> statement-breakpoint
-- What has happened to money does not unhappen, whoever writes (psql and imports too). Part of the first migration, as
-- change-feed.sql is. CHECK constraints say what a row may be; these say what it may become (ORDER_MOVES and
-- REFUND_MOVES of packages/api).

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % does not change', tg_argv[0], tg_table_name using errcode = 'check_violation';
end $$;

create function guard_order() returns trigger language plpgsql as $$
begin
  if (old.status, new.status) not in (
    ('pending', 'paid'), ('pending', 'closed'), ('closed', 'paid'), ('paid', 'refunding'),
    ('refunding', 'paid'), ('refunding', 'partially_refunded'), ('refunding', 'refunded'),
    ('partially_refunded', 'refunding'))
  then
    raise exception 'An order does not go from % to %', old.status, new.status using errcode = 'check_violation';
  end if;
  return new;
end $$;

create trigger guard_moves before update on orders
  for each row when (old.status <> new.status) execute function guard_order();
create trigger guard_facts before update on orders
  for each row when (
    (old.plan_id, old.version_id, old.period, old.amount_fen, old.channel, old.out_trade_no, old.checkout_id)
      is distinct from
    (new.plan_id, new.version_id, new.period, new.amount_fen, new.channel, new.out_trade_no, new.checkout_id)
    or new.refunded_fen < old.refunded_fen
    -- A deleted account leaves its orders.
    or (new.user_id is not null and new.user_id is distinct from old.user_id))
  execute function refuse_change('What was ordered');

create trigger guard_facts before update on payments
  for each row when (
    (old.order_id, old.channel, old.transaction_id, old.amount_fen, old.is_surplus)
      is distinct from (new.order_id, new.channel, new.transaction_id, new.amount_fen, new.is_surplus))
  execute function refuse_change('What was paid');

create trigger guard_moves before update on refunds
  for each row when (
    old.state <> new.state
    and (old.state, new.state) not in (('pending', 'done'), ('pending', 'failed'), ('failed', 'done')))
  execute function refuse_change('What went back');
create trigger guard_facts before update on refunds
  for each row when (
    (old.order_id, old.payment_id, old.refund_no, old.amount_fen)
      is distinct from (new.order_id, new.payment_id, new.refund_no, new.amount_fen))
  execute function refuse_change('What went back');

create trigger guard_facts before update on entitlements
  for each row when (
    (old.user_id, old.plan_id, old.version_id, old.period, old.order_id, old.code_id, old.granted_at)
      is distinct from
    (new.user_id, new.plan_id, new.version_id, new.period, new.order_id, new.code_id, new.granted_at)
    or (old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at))
  execute function refuse_change('What was granted');

-- What was bought stays what it was: a plan changes by another version.
create trigger guard_facts before update on plan_versions
  for each row execute function refuse_change('A version');
create trigger guard_facts before update on plan_prices
  for each row execute function refuse_change('A price');
