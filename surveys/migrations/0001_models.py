import django.db.models.deletion
import participants.confidential
import surveys.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('surveys', '0001_initial'),
        ('surveys', '0002_moments'),
        ('surveys', '0003_pseudonyms'),
        ('surveys', '0004_under_pseudonyms'),
        ('surveys', '0005_cutting'),
        ('surveys', '0006_response_submitted_index'),
    ]

    dependencies = [
        ('matching', '0001_models'),
        ('mentoring_sessions', '0001_models'),
        ('participants', '__first__'),
        ('programs', '0001_models'),
    ]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='programs.program')),
                ('kind', models.CharField(choices=[('baseline', 'Before a match'), ('pulse', 'After a session'), ('two_weeks', 'Two weeks after a match'), ('midpoint', 'Half-way'), ('closing', 'At the end')], max_length=10)),
                ('name', models.CharField(max_length=80)),
                ('version', models.PositiveIntegerField(default=1)),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'kind', 'version'), name='survey_version_once'), models.UniqueConstraint(condition=models.Q(('active', True)), fields=('program', 'kind'), name='one_active_survey_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='surveys.survey')),
                ('slug', models.SlugField(max_length=40)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('kind', models.CharField(choices=[('scale', 'Scale'), ('choice', 'Choice'), ('text', 'Text')], default='scale', max_length=10)),
                ('text', models.CharField(max_length=200)),
                ('lowest', models.PositiveSmallIntegerField(default=1)),
                ('points', models.PositiveSmallIntegerField(default=5)),
                ('options', models.JSONField(default=list)),
                ('construct', models.CharField(blank=True, choices=[('growth', 'Growth'), ('problem_solving', 'Problem solving'), ('connection', 'Connection'), ('relationship', 'Relationship'), ('power', 'Power'), ('dependency', 'Dependency'), ('direction', 'Direction'), ('expertise', 'Expertise'), ('exit', 'Why it ended early')], max_length=20)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('low_label', models.CharField(blank=True, max_length=40)),
                ('high_label', models.CharField(blank=True, max_length=40)),
                ('scored', models.BooleanField(default=True)),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('survey', 'slug'), name='question_slug_once_a_survey'), models.CheckConstraint(condition=models.Q(('points__range', (2, 11))), name='question_2_to_11_points'), models.CheckConstraint(condition=models.Q(('lowest__lte', 1)), name='question_from_0_or_1')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='surveys.survey')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='survey_invitations', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='mentoring_sessions.session')),
                ('match', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='survey_invitations', to='matching.match')),
                ('with_core', models.BooleanField(default=False)),
                ('early', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('cut_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['created_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('survey', 'user', 'session'), name='invited_once_a_session'), models.UniqueConstraint(condition=models.Q(('match__isnull', False)), fields=('survey', 'user', 'match'), name='invited_once_a_match'), models.UniqueConstraint(condition=models.Q(('match__isnull', True), ('session__isnull', True)), fields=('survey', 'user'), name='invited_once_a_person'), models.CheckConstraint(condition=models.Q(('match__isnull', True), ('session__isnull', True), _connector='OR'), name='invited_about_one_thing'), models.CheckConstraint(condition=models.Q(('closes_at__gte', models.F('created_at'))), name='invitation_closes_after_it_opens'), models.CheckConstraint(condition=models.Q(('cut_at__isnull', True), ('cut_at__gt', models.F('closes_at')), _connector='OR'), name='invitation_cut_once_closed'), models.CheckConstraint(condition=models.Q(('cut_at__isnull', True), ('answered_at__isnull', True), ('answered_at', models.F('closes_at')), _connector='OR'), name='invitation_cut_tells_no_moment')],
            },
        ),
        migrations.CreateModel(
            name='Respondent',
            fields=[
                ('id', models.BigIntegerField(default=surveys.models.drawn_by_lot, editable=False, primary_key=True, serialize=False)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='respondents', to='programs.program')),
                ('code', models.CharField(max_length=32)),
                ('sent', models.PositiveIntegerField(default=0)),
                ('unit', models.PositiveIntegerField(null=True)),
                ('arm', models.CharField(blank=True, max_length=80)),
                ('arm_by_model', models.CharField(blank=True, max_length=80)),
                ('chosen', models.CharField(blank=True, max_length=80)),
                ('chosen_by_model', models.CharField(blank=True, max_length=80)),
                ('again', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'code'), name='one_respondent_of_a_code'), models.CheckConstraint(condition=models.Q(('unit__isnull', False), models.Q(('again', False), ('arm', ''), ('arm_by_model', ''), ('chosen', ''), ('chosen_by_model', '')), _connector='OR'), name='respondent_stands_in_a_unit')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigIntegerField(default=surveys.models.drawn_by_lot, editable=False, primary_key=True, serialize=False)),
                ('invitation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='response', to='surveys.invitation')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.survey')),
                ('respondent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='surveys.respondent')),
                ('about', models.CharField(blank=True, max_length=32)),
                ('number', models.PositiveIntegerField(default=0)),
                ('submitted_at', models.DateTimeField(null=True)),
                ('closed_in', models.DateField(null=True)),
                ('consent', models.BooleanField(null=True)),
                ('contact_me', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['submitted_at'], name='response_submitted')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_in__isnull', True), ('invitation__isnull', False)), models.Q(('closed_in__isnull', False), ('contact_me', False), ('invitation__isnull', True), ('submitted_at__isnull', False)), _connector='OR'), name='response_cut_was_sent')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigIntegerField(default=surveys.models.drawn_by_lot, editable=False, primary_key=True, serialize=False)),
                ('response', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='surveys.response')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='surveys.question')),
                ('value', models.PositiveSmallIntegerField(null=True)),
                ('text', participants.confidential.ConfidentialTextField(blank=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('response', 'question'), name='one_answer_a_question'), models.CheckConstraint(condition=models.Q(('value__isnull', True), ('value__range', (0, 11)), _connector='OR'), name='answer_0_to_11')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='publications', to='surveys.survey')),
                ('as_of', models.DateTimeField()),
                ('people', models.PositiveIntegerField()),
                ('answers', models.PositiveIntegerField()),
                ('figures', models.JSONField(default=list)),
            ],
            options={
                'ordering': ['-as_of', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('people__gte', 5)), name='publication_of_five_people_or_more')],
            },
        ),
        migrations.CreateModel(
            name='Timing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='survey_timings', to='programs.program')),
                ('kind', models.CharField(choices=[('baseline', 'Before a match'), ('pulse', 'After a session'), ('two_weeks', 'Two weeks after a match'), ('midpoint', 'Half-way'), ('closing', 'At the end')], max_length=10)),
                ('on', models.BooleanField(default=True)),
                ('after_days', models.PositiveSmallIntegerField(null=True)),
                ('reminder_days', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('program', 'kind'), name='one_timing_of_a_kind'), models.CheckConstraint(condition=models.Q(('after_days__isnull', True), ('after_days__lte', 366), _connector='OR'), name='survey_within_a_year')],
            },
        ),
        migrations.CreateModel(
            name='AnswerKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='answer_key', to='programs.program')),
                ('key', participants.confidential.ConfidentialTextField(blank=True)),
                ('destroyed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('destroyed_at__isnull', False), _connector='OR'), name='answer_key_or_when_it_was_destroyed')],
            },
        ),
    ]
