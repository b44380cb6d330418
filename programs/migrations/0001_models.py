import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import participants.confidential
import participants.zones
import programs.catalogue.registry
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('programs', '0001_initial'),
        ('programs', '0002_week_skills_and_line_managers'),
        ('programs', '0003_applications_wishes_and_exclusions'),
        ('programs', '0004_lots'),
        ('programs', '0005_waiting_and_inviting'),
        ('programs', '0006_places_drawn_once'),
        ('programs', '0007_orders'),
    ]

    dependencies = [
        ('participants', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=60, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$', 'Use small letters, figures and hyphens.')])),
                ('name', models.CharField(max_length=120)),
                ('description', models.TextField(blank=True, max_length=2000)),
                ('state', models.CharField(choices=[('draft', 'Being set up'), ('open', 'Open for enrolment'), ('running', 'Running'), ('closed', 'Closed')], default='draft', max_length=10)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('timezone', models.CharField(default='UTC', max_length=64, validators=[participants.zones.validate_zone])),
                ('contact_name', models.CharField(blank=True, max_length=100)),
                ('contact_email', models.EmailField(blank=True, max_length=254)),
                ('takes_applications', models.BooleanField(default=False)),
                ('applications_from', models.DateField(blank=True, null=True)),
                ('applications_until', models.DateField(blank=True, null=True)),
                ('by_lot', models.CharField(blank=True, max_length=10)),
                ('is_sample', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts_on', 'name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='program_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'running', 'closed'])), name='program_state_known'), models.CheckConstraint(condition=models.Q(('applications_from__isnull', True), ('applications_until__isnull', True), ('applications_until__gte', models.F('applications_from')), _connector='OR'), name='program_applications_end_after_they_begin'), models.CheckConstraint(condition=models.Q(('by_lot__in', ['', 'lottery', 'waitlist', 'nudge', 'crossover'])), name='program_by_a_known_lot')],
            },
        ),
        migrations.CreateModel(
            name='Track',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tracks', to='programs.program')),
                ('slug', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$', 'Use small letters, figures and hyphens.')])),
                ('name', models.CharField(max_length=80)),
                ('model', models.CharField(choices=programs.catalogue.registry.choices, max_length=30)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('capacity', models.PositiveSmallIntegerField(default=1)),
                ('cadence_days', models.PositiveSmallIntegerField(default=14)),
                ('session_minutes', models.PositiveSmallIntegerField(default=60)),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('program', 'slug'), name='track_slug_once_a_program'), models.CheckConstraint(condition=models.Q(('capacity__range', (1, 50))), name='track_capacity_1_to_50'), models.CheckConstraint(condition=models.Q(('cadence_days__range', (1, 180))), name='track_cadence_1_to_180_days'), models.CheckConstraint(condition=models.Q(('session_minutes__range', (5, 480))), name='track_session_5_to_480_minutes')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='programs.track')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee'), ('peer', 'Peer')], max_length=10)),
                ('state', models.CharField(choices=[('active', 'Taking part'), ('waiting', 'Waiting for the next round'), ('left', 'Left')], default='active', max_length=10)),
                ('capacity', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(50)])),
                ('answers', models.JSONField(default=dict)),
                ('joined_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['user__last_name', 'user__first_name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('track', 'user', 'role'), name='enrolled_once_a_track_and_role'), models.CheckConstraint(condition=models.Q(('role__in', ['mentor', 'mentee', 'peer'])), name='enrolment_role_known'), models.CheckConstraint(condition=models.Q(('capacity__isnull', True), ('capacity__range', (0, 50)), _connector='OR'), name='enrolment_capacity_0_to_50'), models.CheckConstraint(condition=models.Q(models.Q(('left_at__isnull', True), ('state__in', ['active', 'waiting'])), models.Q(('left_at__isnull', False), ('state', 'left')), _connector='OR'), name='enrolment_left_has_a_date')],
            },
        ),
        migrations.CreateModel(
            name='ProfileField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fields', to='programs.program')),
                ('slug', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$', 'Use small letters, figures and hyphens.')])),
                ('label', models.CharField(max_length=120)),
                ('help', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(choices=[('choice', 'One of a list'), ('ordered', 'One of an ordered list, such as grades'), ('multi', 'Several of a list'), ('number', 'Number'), ('text', 'Text'), ('yesno', 'Yes or no'), ('week', 'Weekly times'), ('skills', 'Skills with a level each')], max_length=10)),
                ('options', models.JSONField(blank=True, default=list)),
                ('asked_of', models.JSONField(default=list)),
                ('required', models.BooleanField(default=False)),
                ('shared', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('program', 'slug'), name='field_slug_once_a_program'), models.CheckConstraint(condition=models.Q(('kind__in', ['choice', 'ordered', 'multi', 'number', 'text', 'yesno', 'week', 'skills'])), name='field_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='programs.program')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('people', participants.confidential.ConfidentialTextField()),
                ('note', participants.confidential.ConfidentialTextField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='draws', to='programs.program')),
                ('kind', models.CharField(choices=[('lottery', 'Who is in which of two tracks'), ('waitlist', 'Who begins now, and who in the next round'), ('nudge', 'To which of two tracks somebody is invited'), ('crossover', 'In which of two tracks somebody begins; later all change over to the other')], default='lottery', max_length=10)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='programs.track')),
                ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='programs.track')),
                ('places', models.PositiveSmallIntegerField(null=True)),
                ('changes_on', models.DateField(null=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('stratum', models.CharField(blank=True, max_length=60)),
                ('seed', models.CharField(max_length=32)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('told_at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(models.Q(('kind__in', ['lottery', 'nudge', 'crossover']), ('places__isnull', True), ('second__isnull', False)), models.Q(('first', models.F('second')), _negated=True)), models.Q(('kind', 'waitlist'), ('places__gte', 1), ('places__isnull', False), ('second__isnull', True)), _connector='OR'), name='draw_between_two'), models.CheckConstraint(condition=models.Q(('seed', ''), _negated=True), name='draw_keeps_its_seed'), models.UniqueConstraint(condition=models.Q(('kind', 'waitlist'), ('undone_at', None)), fields=('program',), name='places_drawn_once_a_program'), models.UniqueConstraint(condition=models.Q(('kind', 'crossover'), ('undone_at', None)), fields=('program',), name='orders_drawn_once_a_program'), models.CheckConstraint(condition=models.Q(models.Q(('changes_on__isnull', False), ('kind', 'crossover')), models.Q(models.Q(('kind', 'crossover'), _negated=True), ('changed_at__isnull', True), ('changes_on__isnull', True)), _connector='OR'), name='draw_changes_over_on_a_day'), models.CheckConstraint(condition=models.Q(('changed_at__isnull', True), models.Q(('changed_at__gte', models.F('told_at')), ('undone_at__isnull', True)), _connector='OR'), name='draw_changes_over_once_told'), models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('undone_at__lt', models.F('told_at')), _connector='OR'), name='draw_undone_before_it_is_told')],
            },
        ),
        migrations.CreateModel(
            name='Coordinator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coordinators', to='programs.program')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='coordinates', to=settings.AUTH_USER_MODEL)),
                ('since', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'user'), name='coordinator_once_a_program')],
            },
        ),
        migrations.CreateModel(
            name='SetAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='set_aside', to='programs.program')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(choices=[('urgent', 'They need it now'), ('promised', 'They were promised a place'), ('together', 'They begin together with somebody')], max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('program', 'user'), name='set_aside_once_a_program'), models.CheckConstraint(condition=models.Q(('reason__in', ['urgent', 'promised', 'together'])), name='set_aside_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Lot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lots', to='programs.draw')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.program')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('came_from', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='programs.track')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='lots', to='programs.track')),
                ('waits', models.BooleanField(default=False)),
                ('next_place', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='waited', to='programs.enrolment')),
                ('stratum', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('program', 'user'), name='one_lot_a_person_and_program'), models.CheckConstraint(condition=models.Q(models.Q(('next_place__isnull', True), ('waits', False)), models.Q(('track', models.F('came_from')), ('waits', True)), _connector='OR'), name='who_waits_stays_in_their_track')],
            },
        ),
        migrations.CreateModel(
            name='Intake',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='intake', to='programs.track')),
                ('screened', models.BooleanField(default=True)),
                ('mentor_places', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('mentee_places', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('peer_places', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('orientation', models.TextField(blank=True, max_length=5000)),
                ('orientation_points', models.JSONField(blank=True, default=list)),
                ('wishes', models.PositiveSmallIntegerField(default=3)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('wishes__range', (0, 10))), name='intake_0_to_10_wishes')],
            },
        ),
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='programs.track')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee'), ('peer', 'Peer')], max_length=10)),
                ('state', models.CharField(choices=[('uploaded', 'Columns to be checked'), ('mapped', 'Rows to be checked'), ('queued', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('undone', 'Undone')], default='uploaded', max_length=10)),
                ('filename', models.CharField(max_length=120)),
                ('file', models.FileField(max_length=200, upload_to='imports/')),
                ('sha256', models.CharField(max_length=64)),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('mapping', models.JSONField(default=dict)),
                ('skipped_rows', models.JSONField(default=list)),
                ('progress', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('result', models.JSONField(default=dict)),
                ('effects', models.JSONField(default=list)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'done')), fields=('track', 'role', 'sha256'), name='file_imported_once'), models.CheckConstraint(condition=models.Q(('progress__lte', models.F('total'))), name='import_progress_within_total')],
            },
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='programs.track')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to=settings.AUTH_USER_MODEL)),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee'), ('peer', 'Peer')], max_length=10)),
                ('state', models.CharField(choices=[('started', 'Not sent yet'), ('applied', 'Applied'), ('waiting', 'Waiting list'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], default='started', max_length=10)),
                ('answers', models.JSONField(default=dict)),
                ('capacity', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('steps_done', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', participants.confidential.ConfidentialTextField(blank=True, max_length=1000)),
                ('before', models.CharField(blank=True, choices=[('started', 'Not sent yet'), ('applied', 'Applied'), ('waiting', 'Waiting list'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('news', models.PositiveSmallIntegerField(default=0)),
                ('oriented_at', models.DateTimeField(null=True)),
                ('enrolment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='application', to='programs.enrolment')),
            ],
            options={
                'ordering': ['-sent_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('track', 'user', 'role'), name='applied_once_a_track_and_role'), models.CheckConstraint(condition=models.Q(('state__in', ['started', 'applied', 'waiting', 'accepted', 'declined', 'withdrawn'])), name='application_state_known'), models.CheckConstraint(condition=models.Q(('role__in', ['mentor', 'mentee', 'peer'])), name='application_role_known'), models.CheckConstraint(condition=models.Q(('state__in', ['started', 'withdrawn']), ('sent_at__isnull', False), _connector='OR'), name='application_sent_before_it_is_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('waiting_since__isnull', False), _connector='OR'), name='application_waits_since_a_moment'), models.CheckConstraint(condition=models.Q(('enrolment__isnull', True), ('state__in', ['accepted', 'started', 'withdrawn']), _connector='OR'), name='application_enrols_only_the_accepted')],
            },
        ),
        migrations.CreateModel(
            name='Wishes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='wishes', to='programs.enrolment')),
                ('liked', participants.confidential.ConfidentialTextField(blank=True)),
                ('only_liked', models.BooleanField(default=False)),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'wishes',
            },
        ),
        migrations.CreateModel(
            name='LineManager',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='line_manager', to=settings.AUTH_USER_MODEL)),
                ('email', models.EmailField(db_index=True, max_length=254)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email')), models.Q(('email', ''), _negated=True)), name='line_manager_email_is_lower_case')],
            },
        ),
    ]
