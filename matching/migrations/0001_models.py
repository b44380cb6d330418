import django.db.models.deletion
import participants.confidential
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True
    # What an installation made before the first release has been through.
    replaces = [
        ('matching', '0001_initial'),
        ('matching', '0002_attempts_and_people_key'),
        ('matching', '0003_groups_networks_and_sessions'),
        ('matching', '0004_endings_thanks_and_repeats'),
        ('matching', '0005_endings_that_wait_and_going_on'),
    ]

    dependencies = [
        ('participants', '__first__'),
        ('programs', '0001_models'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='programs.program')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='programs.track')),
                ('number', models.PositiveIntegerField()),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('failed', 'Failed'), ('draft', 'Draft'), ('published', 'Published'), ('replaced', 'Replaced by a later one'), ('discarded', 'Discarded')], default='queued', max_length=10)),
                ('objective', models.CharField(choices=[('floor', 'Everybody placed, then the lowest score as high as it can be'), ('cover', 'Everybody placed, then the best total'), ('score', 'The best total, even if fewer are placed'), ('stable', 'Everybody placed, then fewest pairs who would rather have each other')], max_length=10)),
                ('capacity', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='matching.proposal')),
                ('rules', models.JSONField(default=list)),
                ('input_hash', models.CharField(blank=True, max_length=64)),
                ('engine_version', models.CharField(blank=True, max_length=20)),
                ('model_version', models.CharField(blank=True, max_length=20)),
                ('placed', models.PositiveIntegerField(default=0)),
                ('possible', models.PositiveIntegerField(default=0)),
                ('total', models.BigIntegerField(default=0)),
                ('bound', models.BigIntegerField(default=0)),
                ('optimal', models.BooleanField(default=False)),
                ('proof', models.CharField(blank=True, max_length=200)),
                ('aims', models.JSONField(default=list)),
                ('max_points', models.PositiveIntegerField(default=0)),
                ('seconds', models.FloatField(default=0)),
                ('left_over', models.JSONField(default=list)),
                ('step', models.CharField(blank=True, max_length=80)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('version', models.PositiveIntegerField(default=1)),
                ('steps', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('started_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('program', 'number'), name='proposal_number_once_a_program'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('track',), name='one_published_proposal_a_track'), models.CheckConstraint(condition=models.Q(('capacity__isnull', True), ('capacity__range', (1, 50)), _connector='OR'), name='proposal_capacity_1_to_50'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='proposal_progress_within_100'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='proposal_published_has_a_date')],
            },
        ),
        migrations.CreateModel(
            name='Match',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matches', to='programs.track')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='matches', to='matching.proposal')),
                ('state', models.CharField(choices=[('draft', 'In a proposal'), ('offered', 'Offered'), ('active', 'Active'), ('declined', 'Declined'), ('ended', 'Ended')], default='draft', max_length=10)),
                ('number', models.PositiveIntegerField(default=0)),
                ('score', models.IntegerField(default=0)),
                ('most', models.PositiveIntegerField(default=0)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('topic', models.CharField(blank=True, max_length=200)),
                ('shares', models.JSONField(default=list)),
                ('locked', models.BooleanField(default=False)),
                ('people_key', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField()),
                ('offered_at', models.DateTimeField(null=True)),
                ('answer_until', models.DateTimeField(null=True)),
                ('activated_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_reason', models.CharField(blank=True, max_length=40)),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('continues', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='continued_by', to='matching.match')),
            ],
            options={
                'verbose_name_plural': 'matches',
                'ordering': ['score', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'offered', 'active', 'declined', 'ended'])), name='match_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['declined', 'ended'])), models.Q(('ended_at__isnull', True), ('state__in', ['draft', 'offered', 'active'])), _connector='OR'), name='match_ended_has_a_date'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), ('activated_at__isnull', False), _connector='OR'), name='match_active_has_a_date'), models.CheckConstraint(condition=models.Q(models.Q(('minutes__isnull', True), ('starts_at__isnull', True)), models.Q(('minutes__isnull', False), ('minutes__range', (5, 480)), ('starts_at__isnull', False)), _connector='OR'), name='match_start_has_a_length'), models.UniqueConstraint(condition=models.Q(('state__in', ['offered', 'active']), models.Q(('people_key', ''), _negated=True)), fields=('people_key',), name='same_people_matched_once')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='matching.match')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='programs.enrolment')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee'), ('peer', 'Peer')], max_length=10)),
                ('part', models.CharField(blank=True, choices=[('mentor', 'Mentor'), ('near_peer', 'Near-peer'), ('peer', 'Peer')], max_length=10)),
                ('answer', models.CharField(choices=[('waiting', 'No answer yet'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='waiting', max_length=10)),
                ('answered_at', models.DateTimeField(null=True)),
                ('decline_reason', models.CharField(blank=True, max_length=300)),
                ('live', models.BooleanField(default=False)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('rests', models.BooleanField(default=False)),
                ('keeps_notes', models.BooleanField(blank=True, null=True)),
                ('place', models.PositiveSmallIntegerField(default=1)),
                ('places', models.PositiveSmallIntegerField(default=1)),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('match', 'enrolment'), name='one_seat_each_in_a_match'), models.UniqueConstraint(condition=models.Q(('live', True)), fields=('enrolment', 'place'), name='place_taken_once'), models.CheckConstraint(condition=models.Q(('place__gte', 1), ('place__lte', models.F('places')), ('places__lte', 50)), name='seat_within_places'), models.CheckConstraint(condition=models.Q(models.Q(('answer', 'waiting'), ('answered_at__isnull', True)), models.Q(('answer__in', ['accepted', 'declined']), ('answered_at__isnull', False)), _connector='OR'), name='seat_answer_has_a_date'), models.CheckConstraint(condition=models.Q(('part__in', ['', 'mentor', 'near_peer', 'peer'])), name='seat_part_known'), models.CheckConstraint(condition=models.Q(('left_at__isnull', True), ('live', False), _connector='OR'), name='seat_that_was_left_is_not_live'), models.CheckConstraint(condition=models.Q(('rests', False), ('live', False), _connector='OR'), name='seat_at_rest_is_not_live')],
            },
        ),
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endings', to='matching.match')),
                ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='endings', to='matching.seat')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(blank=True, choices=[('reached', 'The goals are reached'), ('schedule', 'No times that suit'), ('moved', 'A new job, a move or a leave'), ('no_contact', 'No contact'), ('fit', 'Not the right fit'), ('focus', 'Help with something else is needed'), ('unsafe', 'Not comfortable or not safe in it'), ('other', 'Something else')], max_length=20)),
                ('words', participants.confidential.ConfidentialTextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('seat',), name='one_ending_of_a_seat'), models.UniqueConstraint(condition=models.Q(('seat', None)), fields=('match',), name='one_ending_of_a_whole_match'), models.CheckConstraint(condition=models.Q(('reason__in', ['', 'reached', 'schedule', 'moved', 'no_contact', 'fit', 'focus', 'unsafe', 'other'])), name='ending_reason_known')],
            },
        ),
        migrations.CreateModel(
            name='EndingToCome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endings_to_come', to='matching.match')),
                ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='endings_to_come', to='matching.seat')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.CharField(blank=True, choices=[('reached', 'The goals are reached'), ('schedule', 'No times that suit'), ('moved', 'A new job, a move or a leave'), ('no_contact', 'No contact'), ('fit', 'Not the right fit'), ('focus', 'Help with something else is needed'), ('unsafe', 'Not comfortable or not safe in it'), ('other', 'Something else')], max_length=20)),
                ('words', participants.confidential.ConfidentialTextField(blank=True)),
                ('another', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('due_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'verbose_name_plural': 'endings to come',
                'ordering': ['due_at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('seat', 'by'), name='one_ending_to_come_of_a_seat_each'), models.UniqueConstraint(condition=models.Q(('seat', None)), fields=('match', 'by'), name='one_ending_to_come_of_a_match_each'), models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('at'))), name='ending_to_come_waits')],
            },
        ),
        migrations.CreateModel(
            name='GoesOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seat', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='goes_on', to='matching.seat')),
                ('wishes', models.BooleanField()),
                ('with_goals', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'wishes to go on',
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('settled_at__isnull', True), ('wishes', True), _connector='OR'), name='only_a_wish_to_go_on_is_settled')],
            },
        ),
        migrations.CreateModel(
            name='MatchingPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('track', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='plan', to='programs.track')),
                ('objective', models.CharField(choices=[('floor', 'Everybody placed, then the lowest score as high as it can be'), ('cover', 'Everybody placed, then the best total'), ('score', 'The best total, even if fewer are placed'), ('stable', 'Everybody placed, then fewest pairs who would rather have each other')], default='floor', max_length=10)),
                ('answer_days', models.PositiveSmallIntegerField(default=14)),
                ('allow_repeats', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('objective__in', ['floor', 'cover', 'score', 'stable'])), name='plan_objective_known'), models.CheckConstraint(condition=models.Q(('answer_days__range', (1, 60))), name='plan_answer_1_to_60_days')],
            },
        ),
        migrations.CreateModel(
            name='MatchRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rules', to='matching.matchingplan')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('kind', models.CharField(max_length=20)),
                ('label', models.CharField(max_length=120)),
                ('taker_field', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='programs.profilefield')),
                ('giver_field', models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='programs.profilefield')),
                ('strength', models.CharField(choices=[('off', 'Off'), ('low', 'Low'), ('mid', 'Mid'), ('high', 'High'), ('must', 'Must'), ('points', 'Exact points')], default='mid', max_length=10)),
                ('points', models.SmallIntegerField(default=0)),
                ('by_gap', models.JSONField(blank=True, default=dict)),
                ('others_forbidden', models.BooleanField(default=False)),
                ('params', models.JSONField(blank=True, default=dict)),
                ('condition_side', models.CharField(blank=True, max_length=10)),
                ('condition_field', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='programs.profilefield')),
                ('condition_equals', models.JSONField(blank=True, null=True)),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('strength__in', ['off', 'low', 'mid', 'high', 'must', 'points'])), name='rule_strength_known'), models.CheckConstraint(condition=models.Q(('points__range', (-1000, 1000))), name='rule_points_within_1000'), models.CheckConstraint(condition=models.Q(models.Q(('condition_field__isnull', True), ('condition_side', '')), models.Q(('condition_field__isnull', False), ('condition_side__in', ['taker', 'giver'])), _connector='OR'), name='rule_condition_whole')],
            },
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='thanks', to='matching.match')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('words', participants.confidential.ConfidentialTextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'thanks',
                'ordering': ['at', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('match', 'author'), name='one_thank_you_each')],
            },
        ),
    ]
