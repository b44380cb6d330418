import django.core.validators
import django.db.models.deletion
import participants.confidential
import participants.zones
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('mentoring_sessions', '0001_initial'),
        ('mentoring_sessions', '0002_planned_at_and_undo'),
        ('mentoring_sessions', '0003_calendar_feed'),
        ('mentoring_sessions', '0004_attendance_and_times'),
        ('mentoring_sessions', '0005_agreements_and_learning'),
        ('mentoring_sessions', '0006_cancelled_at'),
        ('mentoring_sessions', '0007_slots'),
        ('mentoring_sessions', '0008_facilitators'),
        ('mentoring_sessions', '0009_asks'),
        ('mentoring_sessions', '0010_flags_for_leads'),
        ('mentoring_sessions', '0011_ask_notices'),
        ('mentoring_sessions', '0012_digests_of_calendar_addresses'),
    ]

    dependencies = [
        ('matching', '0001_models'),
        ('participants', '__first__'),
        ('programs', '0001_models'),
    ]

    operations = [
        migrations.CreateModel(
            name='Ask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='programs.enrolment')),
                ('state', models.CharField(choices=[('open', 'Open'), ('helped', 'This helped'), ('elsewhere', 'Solved otherwise'), ('dropped', 'Not any more'), ('lapsed', 'Over after four weeks')], default='open', max_length=10)),
                ('help', models.CharField(choices=[('advice', 'Advice on what to do'), ('experience', 'How somebody else has done it'), ('feedback', 'A look at something I made'), ('contact', 'Somebody to talk to, or a contact'), ('resource', 'Something to read or to use')], max_length=10)),
                ('skill', models.CharField(blank=True, max_length=200)),
                ('level', models.PositiveSmallIntegerField(default=1)),
                ('context', participants.confidential.ConfidentialTextField()),
                ('question', participants.confidential.ConfidentialTextField()),
                ('named', models.BooleanField(default=True)),
                ('wanted', models.PositiveSmallIntegerField()),
                ('look_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('emptied_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['state', 'look_at'], name='mentoring_s_state_bb9bb1_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'helped', 'elsewhere', 'dropped', 'lapsed'])), name='ask_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='ask_closed_has_a_date'), models.CheckConstraint(condition=models.Q(('wanted__range', (1, 5))), name='ask_wants_1_to_5_people')],
            },
        ),
        migrations.CreateModel(
            name='AskRoute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='routes', to='mentoring_sessions.ask')),
                ('helper', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asked', to='programs.enrolment')),
                ('state', models.CharField(choices=[('waiting', 'No answer yet'), ('replied', 'Replied'), ('not_mine', 'Not mine'), ('no_time', 'No time this week'), ('late', 'Not answered in time'), ('over', 'Not needed any more')], default='waiting', max_length=10)),
                ('routed_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['routed_at', 'pk'],
                'indexes': [models.Index(fields=['helper', 'routed_at'], name='mentoring_s_helper__9516ff_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'replied', 'not_mine', 'no_time', 'late', 'over'])), name='ask_route_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', False), ('state__in', ['replied', 'not_mine', 'no_time'])), models.Q(models.Q(('state__in', ['replied', 'not_mine', 'no_time']), _negated=True), ('answered_at__isnull', True)), _connector='OR'), name='ask_route_answer_has_a_date'), models.CheckConstraint(condition=models.Q(('answer_by__gt', models.F('routed_at'))), name='ask_route_due_after_it_went'), models.UniqueConstraint(fields=('ask', 'helper'), name='ask_goes_to_somebody_once')],
            },
        ),
        migrations.CreateModel(
            name='AskReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('route', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reply', to='mentoring_sessions.askroute')),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='mentoring_sessions.ask')),
                ('place', models.PositiveSmallIntegerField()),
                ('strength', participants.confidential.ConfidentialTextField()),
                ('question', participants.confidential.ConfidentialTextField(blank=True)),
                ('suggestion', participants.confidential.ConfidentialTextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('thanked_at', models.DateTimeField(blank=True, null=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'ask replies',
                'ordering': ['place'],
                'constraints': [models.CheckConstraint(condition=models.Q(('place__range', (1, 5))), name='ask_has_5_replies_at_most'), models.UniqueConstraint(fields=('ask', 'place'), name='ask_reply_has_its_place')],
            },
        ),
        migrations.CreateModel(
            name='AskFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ask', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='mentoring_sessions.ask')),
                ('reply', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='mentoring_sessions.askreply')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(choices=[('unsafe', 'It threatens somebody, or somebody may be in danger'), ('unkind', 'It is unkind'), ('private', 'It says what is not for others'), ('noise', 'It is not what asks are for'), ('other', 'Something else')], max_length=10)),
                ('shown', participants.confidential.ConfidentialTextField(blank=True)),
                ('for_leads', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['unsafe', 'unkind', 'private', 'noise', 'other'])), name='ask_flag_reason_known'), models.CheckConstraint(condition=models.Q(('for_leads', False), ('shown', ''), _connector='OR'), name='ask_flag_for_leads_has_no_words'), models.UniqueConstraint(condition=models.Q(('reply__isnull', True)), fields=('ask', 'by'), name='ask_flagged_once_by_somebody'), models.UniqueConstraint(condition=models.Q(('reply__isnull', False)), fields=('reply', 'by'), name='ask_reply_flagged_once_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='AskNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ask', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='mentoring_sessions.ask')),
                ('helper', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='ask_notices', to='programs.enrolment')),
                ('rule', models.CharField(max_length=20)),
                ('raised_at', models.DateTimeField()),
                ('muted_at', models.DateTimeField(null=True)),
                ('muted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['raised_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ask__isnull', True), ('helper__isnull', False)), models.Q(('ask__isnull', False), ('helper__isnull', True)), _connector='OR'), name='ask_notice_of_an_ask_or_a_helper'), models.UniqueConstraint(fields=('ask', 'rule'), name='one_ask_notice_of_a_rule_and_ask'), models.UniqueConstraint(fields=('helper', 'rule'), name='one_ask_notice_of_a_rule_and_helper')],
            },
        ),
        migrations.CreateModel(
            name='AskTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ask_terms', to='programs.track')),
                ('weekly_cap', models.PositiveSmallIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('weekly_cap__range', (1, 10))), name='ask_terms_1_to_10_a_week')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='matching.match')),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('held', 'Held'), ('missed', 'Did not happen'), ('cancelled', 'Cancelled')], default='planned', max_length=10)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('wall_start', models.CharField(max_length=16)),
                ('zone', models.CharField(max_length=64, validators=[participants.zones.validate_zone])),
                ('minutes', models.PositiveSmallIntegerField()),
                ('channel', models.CharField(choices=[('video', 'Video call'), ('in_person', 'In person'), ('phone', 'Phone'), ('chat', 'Chat')], default='video', max_length=10)),
                ('place', models.CharField(blank=True, max_length=300)),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sequence', models.PositiveIntegerField(default=0)),
                ('series', models.UUIDField(db_index=True, editable=False, null=True)),
                ('planned_at', models.DateTimeField(null=True)),
                ('planned_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cancelled_at', models.DateTimeField(editable=False, null=True)),
                ('logged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('logged_at', models.DateTimeField(null=True)),
                ('facilitated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='matching.seat')),
                ('before_log', models.JSONField(editable=False, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'indexes': [models.Index(fields=['state', 'starts_at'], name='mentoring_s_state_404a5d_idx'), models.Index(fields=['match', 'starts_at'], name='mentoring_s_match_i_bd1ded_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'held', 'missed', 'cancelled'])), name='session_state_known'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('minutes__range', (5, 480))), name='session_5_to_480_minutes'), models.CheckConstraint(condition=models.Q(models.Q(('logged_at__isnull', False), ('state__in', ['held', 'missed'])), models.Q(('logged_at__isnull', True), ('state__in', ['planned', 'cancelled'])), _connector='OR'), name='session_logged_has_a_date'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'planned'), _negated=True), ('planned_at__isnull', False), _connector='OR'), name='session_planned_has_a_date'), models.CheckConstraint(condition=models.Q(('state', 'held'), ('facilitated_by', None), _connector='OR'), name='session_facilitated_if_held'), models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('match', 'starts_at'), name='one_session_of_a_match_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Attendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='mentoring_sessions.session')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='matching.seat')),
                ('present', models.BooleanField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('session', 'seat'), name='attendance_of_a_seat_once')],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_feed', to=settings.AUTH_USER_MODEL)),
                ('key', models.CharField(editable=False, max_length=40)),
                ('made_at', models.DateTimeField()),
                ('used_on', models.DateField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='calendar_feed_has_a_key')],
            },
        ),
        migrations.CreateModel(
            name='Week',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='weeks', to='programs.track')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=120)),
                ('reading', models.CharField(blank=True, max_length=300)),
                ('link', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(schemes=['http', 'https'])])),
                ('deliverable', models.CharField(max_length=300)),
            ],
            options={
                'ordering': ['track', 'number'],
                'constraints': [models.UniqueConstraint(fields=('track', 'number'), name='one_week_of_a_number'), models.CheckConstraint(condition=models.Q(('number__range', (1, 52))), name='week_1_to_52'), models.CheckConstraint(condition=models.Q(('link', ''), ('link__startswith', 'https://'), ('link__startswith', 'http://'), _connector='OR'), name='week_links_to_the_web')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='mentoring_sessions.week')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='matching.match')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('week', 'match', 'user'), name='delivered_once')],
            },
        ),
        migrations.CreateModel(
            name='ExpertWanted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='expert_wanted', to='mentoring_sessions.session')),
                ('said_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('said_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'experts wanted',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Given',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='given', to='mentoring_sessions.session')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('minutes', models.PositiveSmallIntegerField()),
                ('logged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('logged_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'given',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('session', 'user'), name='given_once_a_session_and_person'), models.CheckConstraint(condition=models.Q(('minutes__range', (0, 480))), name='given_0_to_480_minutes')],
            },
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='matching.match')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', participants.confidential.ConfidentialTextField()),
                ('level', models.SmallIntegerField(blank=True, null=True)),
                ('reached_at', models.DateTimeField(blank=True, null=True)),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__isnull', True), ('level__range', (-2, 2)), _connector='OR'), name='goal_level_minus_2_to_2'), models.CheckConstraint(condition=models.Q(('reached_at__isnull', True), ('dropped_at__isnull', True), _connector='OR'), name='goal_reached_or_dropped')],
            },
        ),
        migrations.CreateModel(
            name='NextStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='next_steps', to='matching.match')),
                ('goal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='next_steps', to='mentoring_sessions.goal')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', participants.confidential.ConfidentialTextField()),
                ('due_on', models.DateField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='mentoring_sessions.session')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('visibility', models.CharField(choices=[('shared', 'Shared with your match'), ('private', 'Only you')], max_length=10)),
                ('body', participants.confidential.ConfidentialTextField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('session', 'author', 'visibility'), name='one_note_of_a_kind_each'), models.CheckConstraint(condition=models.Q(('visibility__in', ['shared', 'private'])), name='note_visibility_known')],
            },
        ),
        migrations.CreateModel(
            name='Preparation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preparations', to='matching.match')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('body', participants.confidential.ConfidentialTextField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('match', 'author'), name='one_preparation_each')],
            },
        ),
        migrations.CreateModel(
            name='SentLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.UUIDField()),
                ('digest', models.CharField(max_length=64)),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='mentoring_sessions.session')),
                ('sent_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='log_sent_once')],
            },
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='matching.match')),
                ('version', models.PositiveSmallIntegerField()),
                ('body', participants.confidential.ConfidentialTextField()),
                ('ends_on', models.DateField()),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['match', 'version'],
                'constraints': [models.UniqueConstraint(fields=('match', 'version'), name='one_agreement_of_a_version'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='agreement_versions_count_from_1')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='mentoring_sessions.agreement')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['signed_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('agreement', 'user'), name='signed_once_a_version')],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='programs.enrolment')),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('wall_start', models.CharField(max_length=16)),
                ('zone', models.CharField(max_length=64, validators=[participants.zones.validate_zone])),
                ('minutes', models.PositiveSmallIntegerField()),
                ('topics', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['starts_at', 'pk'],
                'indexes': [models.Index(fields=['enrolment', 'starts_at'], name='mentoring_s_enrolme_9ff7ef_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='slot_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('minutes__range', (5, 480))), name='slot_5_to_480_minutes'), models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('enrolment', 'starts_at'), name='one_slot_of_an_expert_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='SlotAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='mentoring_sessions.slot')),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slot_asks', to='programs.enrolment')),
                ('state', models.CharField(choices=[('waiting', 'No answer yet'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('expired', 'Not answered in time'), ('withdrawn', 'Taken back')], default='waiting', max_length=10)),
                ('topic', models.CharField(blank=True, max_length=80)),
                ('question', participants.confidential.ConfidentialTextField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('match', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='slot_ask', to='matching.match')),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'accepted', 'declined', 'expired', 'withdrawn'])), name='slot_ask_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='slot_ask_answer_has_a_date'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='slot_ask_expires_after_it_was_made'), models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'accepted'])), fields=('slot',), name='one_ask_holds_a_slot'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('asker',), name='one_waiting_ask_of_an_asker')],
            },
        ),
        migrations.CreateModel(
            name='SlotReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slot_reviews', to='matching.match')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('helped', models.BooleanField(blank=True, null=True)),
                ('goes_on', models.BooleanField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('match', 'user'), name='one_review_of_a_session_each'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('goes_on__isnull', True)), models.Q(('answered_at__isnull', False), ('goes_on__isnull', False)), _connector='OR'), name='slot_review_answer_has_a_date')],
            },
        ),
        migrations.CreateModel(
            name='TimeOffer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='time_offers', to='matching.match')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state', models.CharField(choices=[('open', 'Open'), ('chosen', 'Chosen'), ('replaced', 'Replaced')], default='open', max_length=10)),
                ('walls', models.JSONField()),
                ('zone', models.CharField(max_length=64, validators=[participants.zones.validate_zone])),
                ('minutes', models.PositiveSmallIntegerField()),
                ('channel', models.CharField(choices=[('video', 'Video call'), ('in_person', 'In person'), ('phone', 'Phone'), ('chat', 'Chat')], default='video', max_length=10)),
                ('place', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='mentoring_sessions.session')),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'chosen', 'replaced'])), name='time_offer_state_known'), models.CheckConstraint(condition=models.Q(('minutes__range', (5, 480))), name='time_offer_5_to_480_minutes'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='time_offer_ends_after_it_begins'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('match',), name='one_open_time_offer_of_a_match')],
            },
        ),
    ]
